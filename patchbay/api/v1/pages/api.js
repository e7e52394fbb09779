// Draws /api/v1/openapi.json for people. Text is only ever set as text.

function make(name, attributes = {}, ...inner) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inner);
  return element;
}

// Text with `code` in it.
function prose(text) {
  const parts = text.split(/`([^`]+)`/);
  return parts.map((part, i) => (i % 2 ? make("code", {}, part) : part));
}

function paragraphs(text) {
  return text.split("\n\n").filter(Boolean).map((part) => make("p", {}, ...prose(part)));
}

// A schema in a few words: `list of File`, `number or null`.
function typeOf(schema) {
  if (!schema || !Object.keys(schema).length) return ["anything"];
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return [make("a", { href: `#schema-${name}` }, name)];
  }
  if (schema.anyOf) return schema.anyOf.flatMap((each, i) => (i ? [" or ", ...typeOf(each)] : typeOf(each)));
  if (schema.enum) return [schema.enum.map((each) => JSON.stringify(each)).join(" | ")];
  if (schema.type === "array") return ["list of ", ...typeOf(schema.items ?? {})];
  if (schema.type === "object" && schema.additionalProperties?.type !== undefined)
    return ["object of ", ...typeOf(schema.additionalProperties)];
  return [schema.type ?? "anything", ...rangeOf(schema)];
}

function rangeOf(schema) {
  const low = schema.minimum ?? schema.minLength, high = schema.maximum ?? schema.maxLength;
  if (low === undefined && high === undefined) return [];
  return [` (${low ?? "…"} to ${high ?? "…"})`];
}

function row(name, schema, description, required, fallback) {
  const about = prose(description ?? schema?.description ?? "");
  if (required) about.unshift(make("b", {}, "required "));
  if (fallback !== undefined && fallback !== null && fallback !== "")
    about.push(` Default ${JSON.stringify(fallback)}.`);
  return make("tr", {}, make("td", {}, name), make("td", { class: "type" }, ...typeOf(schema)), make("td", {}, ...about));
}

function table(rows) {
  return make("table", {}, make("tbody", {}, ...rows));
}

function operation(path, method, facts) {
  const heading = make("h3", {}, make("span", { class: `method ${method}` }, method), path);
  const article = make("article", { id: facts.operationId });
  if (facts["x-role"]) article.append(make("span", { class: "role" }, `role ${facts["x-role"]}`));
  article.append(heading, make("p", {}, ...prose(facts.summary), "."), ...paragraphs(facts.description ?? ""));
  if (facts.parameters)
    article.append(table(facts.parameters.map((each) =>
      row(each.in === "path" ? `{${each.name}}` : `?${each.name}=`, each.schema, each.description, each.required, each.schema.default))));
  const body = facts.requestBody?.content["application/json"];
  if (body) article.append(make("p", {}, "Body: ", make("span", { class: "type" }, ...typeOf(body.schema))));
  const rows = Object.entries(facts.responses).map(([status, answer]) => {
    const [kind, content] = Object.entries(answer.content ?? {})[0] ?? ["", null];
    const type = content?.schema?.$ref ? typeOf(content.schema) : [kind];
    return make("tr", {}, make("td", {}, status), make("td", { class: "type" }, ...type), make("td", {}, ...prose(answer.description)));
  });
  article.append(make("details", {}, make("summary", {}, "answers"), table(rows)));
  return article;
}

function schema(name, facts) {
  const required = new Set(facts.required ?? []);
  const rows = Object.entries(facts.properties ?? {}).map(([key, value]) =>
    row(key, value, value.description, required.has(key), value.default));
  return make("article", { id: `schema-${name}` }, make("h3", {}, name), ...paragraphs(facts.description ?? ""), table(rows));
}

function foreign(routes) {
  const rows = routes.map(({ method, path, summary }) =>
    make("tr", {}, make("td", {}, make("span", { class: `method ${method.toLowerCase()}` }, method), path), make("td", {}, ...prose(summary))));
  return make("section", { id: "others" }, make("h2", {}, "Other routes"),
    make("p", {}, "ComfyUI's protocol and what its editor asks for; nearly all also under ", make("code", {}, "/api"), "."), table(rows));
}

function draw(document_) {
  const main = document.getElementById("main"), index = document.getElementById("index");
  document.getElementById("version").textContent = document_.info.version;
  main.replaceChildren(...paragraphs(document_.info.description));
  for (const tag of document_.tags) {
    const section = make("section", {}, make("h2", {}, tag.name), make("p", {}, tag.description));
    index.append(make("h2", {}, tag.name));
    for (const [path, methods] of Object.entries(document_.paths))
      for (const [method, facts] of Object.entries(methods))
        if (facts.tags[0] === tag.name) {
          section.append(operation(path, method, facts));
          index.append(make("a", { href: `#${facts.operationId}` }, make("span", { class: `method ${method}` }, method), facts.summary));
        }
    main.append(section);
  }
  const records = Object.entries(document_.components.schemas).map(([name, facts]) => schema(name, facts));
  main.append(foreign(document_["x-routes"] ?? []), make("section", { id: "records" }, make("h2", {}, "Records"), ...records));
  index.append(make("h2", {}, "more"), make("a", { href: "#others" }, "Other routes"), make("a", { href: "#records" }, "Records"));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

try {
  const answer = await fetch("/api/v1/openapi.json");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  draw(await answer.json());
} catch (error) {
  document.getElementById("main").textContent = `The document could not be loaded: ${error.message}`;
}
