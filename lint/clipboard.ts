navigator.clipboard.readText();
navigator["clipboard"];
const { clipboard } = navigator;
