/** Style sheets are imported for esbuild, which writes them next to the bundle, or as texts `with { type: "text" }`. */
declare module "*.css" {
  const text: string;
  export { text as default };
}
