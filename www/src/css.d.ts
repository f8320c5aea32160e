/** Style sheets are imported for esbuild, which writes them next to the bundle. */
declare module "*.css";
