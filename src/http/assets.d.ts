/** Files that the bundler embeds: their import is a path. */
declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  export const path: string;
  export default path;
}
declare module "swagger-ui-dist/swagger-ui.css" {
  export const path: string;
  export default path;
}
