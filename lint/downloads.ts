URL.createObjectURL(blob);
URL["createObjectURL"](blob);
const { createObjectURL } = URL;
