/** Style sheets are imported for esbuild, which writes them next to the bundle, or as texts `with { type: "text" }`. */
declare module "*.css" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: a file without exports of its own has only this one.
  export default text;
}
