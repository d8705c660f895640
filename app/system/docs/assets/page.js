// Sections stand in the order of the document's tags, which is that of the story, and are closed.
window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  docExpansion: "none",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  filter: true,
  validatorUrl: null,
});
