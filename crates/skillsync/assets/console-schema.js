// The schema as the server tells it, and what can be worked out from it: names, paths, ready-made selections.

/** Kept to what every server answers: no `includeDeprecated` on arguments, lists no deeper than [[T!]!]!. */
export const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    directives { name description args { ...Input } }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason args { ...Input } type { ...Type }
      }
      inputFields { ...Input }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment Input on __InputValue { name description defaultValue type { ...Type } }
fragment Type on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
}`;

const byName = (list) => new Map((list ?? []).map((entry) => [entry.name, entry]));

/** Indexes an introspection result by name. */
export function buildSchema({ __schema: raw }) {
  const types = byName(raw.types);
  for (const type of types.values()) {
    type.fields = byName(type.fields);
    type.inputFields = byName(type.inputFields);
    for (const field of type.fields.values()) field.args = byName(field.args);
  }
  const directives = byName(raw.directives);
  for (const directive of directives.values()) directive.args = byName(directive.args);
  const roots = {};
  for (const kind of ["query", "mutation", "subscription"]) {
    const type = types.get(raw[`${kind}Type`]?.name);
    if (type) roots[kind] = type;
  }
  return { types, directives, roots };
}

/** The name under all list and non-null wrappers. */
export function namedType(reference) {
  let type = reference;
  while (type?.ofType) type = type.ofType;
  return type?.name;
}

/** A type as it is written: `[Lesson!]!`. */
export function writeType(reference) {
  if (!reference) return "";
  if (reference.kind === "NON_NULL") return `${writeType(reference.ofType)}!`;
  if (reference.kind === "LIST") return `[${writeType(reference.ofType)}]`;
  return reference.name;
}

const isRequired = ({ type, defaultValue }) => type.kind === "NON_NULL" && defaultValue == null;

/** `(lessonId: "", reason: "")`: the arguments that a field cannot do without, or nothing. */
function requiredArguments(schema, field) {
  const required = [...field.args.values()].filter(isRequired);
  return required.length
    ? `(${required.map((arg) => `${arg.name}: ${placeholder(schema, arg.type)}`).join(", ")})`
    : "";
}

/** A value that has the right form for `reference`; the person fills in the meaning. */
function placeholder(schema, reference, depth = 0) {
  const inner = reference.kind === "NON_NULL" ? reference.ofType : reference;
  if (inner.kind === "LIST") return "[]";
  const type = schema.types.get(inner.name);
  if (type?.kind === "ENUM") return type.enumValues[0]?.name ?? "null";
  if (type?.kind === "INPUT_OBJECT" && depth < 3) {
    const required = [...type.inputFields.values()].filter(isRequired);
    return `{${required.map((field) => `${field.name}: ${placeholder(schema, field.type, depth + 1)}`).join(", ")}}`;
  }
  return { Int: "0", Float: "0", Boolean: "false" }[inner.name] ?? '""';
}

/** ` { id title }`: the plain fields of an object, so that what is inserted runs at once. */
function plainSelection(schema, field) {
  const type = schema.types.get(namedType(field.type));
  if (!type || ["SCALAR", "ENUM"].includes(type.kind)) return "";
  const plain = [...type.fields.values()].filter((inner) => {
    const kind = schema.types.get(namedType(inner.type))?.kind;
    return (kind === "SCALAR" || kind === "ENUM") && !inner.isDeprecated && ![...inner.args.values()].some(isRequired);
  });
  return ` { ${plain.map(({ name }) => name).join(" ") || "__typename"} }`;
}

/**
 * The shortest way of fields from one type to another, or null. Only fields that need no arguments count: these are
 * the namespaces (`lessons { … }`).
 */
function wayBetween(schema, from, to) {
  const ways = [{ type: from, names: [] }];
  const seen = new Set([from.name]);
  for (const { type, names } of ways) {
    if (type.name === to.name) return names;
    for (const field of type.fields.values()) {
      const next = schema.types.get(namedType(field.type));
      if (!next?.fields.size || seen.has(next.name) || [...field.args.values()].some(isRequired)) continue;
      seen.add(next.name);
      ways.push({ type: next, names: [...names, field.name] });
    }
  }
  return null;
}

/**
 * Text that selects `field` of type `parent`.
 * @param enclosing the type of the selection around the cursor, if there is one
 * @returns {{text: string, whole: boolean} | null} `whole` marks a new operation, for where the field does not fit.
 */
export function fieldText(schema, parent, field, enclosing) {
  const selection = field.name + requiredArguments(schema, field) + plainSelection(schema, field);
  const nest = (names) => names.reduceRight((inner, name) => `${name} { ${inner} }`, selection);
  const inside = enclosing && wayBetween(schema, enclosing, parent);
  if (inside) return { text: nest(inside), whole: false };
  for (const [kind, root] of Object.entries(schema.roots)) {
    const names = wayBetween(schema, root, parent);
    if (names) return { text: `${kind} { ${nest(names)} }`, whole: true };
  }
  return null;
}
