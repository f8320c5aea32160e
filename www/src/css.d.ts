/** Style sheets are imported for esbuild, which puts them beside the bundle. */
declare module "*.css";
