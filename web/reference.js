// Prints the reference of the package, made from its types. npm run reference writes docs/javascript-api.md.
import ts from "typescript";

const root = `${import.meta.dirname}/src`;
const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const entry = checker.getSymbolAtLocation(program.getSourceFile(`${root}/kafkaio.ts`));

/** What the package exports, by name, as its declaration files have it. */
const exported = new Map(checker.getExportsOfModule(entry).map((symbol) => [symbol.name, undefined]));
program.emit(undefined, (name, text) => {
  for (const statement of ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true).statements) {
    if (exported.has(statement.name?.text)) exported.set(statement.name.text, statement);
  }
});

/** The names, each after what mentions it first, from connect on. */
function inReadingOrder() {
  const names = new Set();
  const visit = (name) => {
    if (names.has(name)) return;
    names.add(name);
    const mentions = (node) => {
      if (ts.isIdentifier(node) && exported.has(node.text)) visit(node.text);
      ts.forEachChild(node, mentions);
    };
    mentions(exported.get(name));
  };
  ["connect", ...exported.keys()].forEach(visit);
  return [...names];
}

/** The comment that stands before a node which begins at pos, without its markup; a paragraph is a line. */
function comment(node, pos = node.pos) {
  const { text } = node.getSourceFile();
  const range = ts.getLeadingCommentRanges(text, pos)?.findLast((r) => text.startsWith("/**", r.pos));
  return range ? text.slice(range.pos + 3, range.end - 2).replace(/\n *\*/g, "\n").split(/\n\s*\n/).map(words).join("\n") : "";
}

/** The words of a text, in one line. */
const words = (text) => text.trim().replace(/\s+/g, " ");

const printer = ts.createPrinter({ removeComments: true });

/** The source of a node in one line, without comments. */
function source(node) {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  return text.replace(/\s+/g, " ").replace(/;$/, "").replace(/; }/g, " }").replace(/\[ (.*?) \]/g, "[$1]");
}

const listed = (code, text) => `- \`${code}\`${text && `: ${words(text)}`}`;

/** The lines that describe a declaration, after its comment. */
function describe(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    const bases = node.heritageClauses?.flatMap((clause) => clause.types.map((type) => `\`${source(type)}\``));
    return [...(bases ? [`It extends ${bases.join(" and ")}.`, ""] : []), ...node.members.map((m) => listed(source(m), comment(m)))];
  }
  if (ts.isTypeAliasDeclaration(node) && ts.isUnionTypeNode(node.type)) {
    const { types } = node.type;
    const comments = types.map((t, i) => comment(t, i === 0 ? node.type.pos : types[i - 1].end)); // before the |
    if (comments.some((text) => text)) return types.map((t, i) => listed(source(t), comments[i]));
  }
  return ["```ts", source(node).replace(/^export (declare )?/, ""), "```"];
}

const names = inReadingOrder();
const lines = [
  "# Reference of the npm package",
  "",
  "[javascript.md](javascript.md) is the guide. `npm run reference` in web writes this file from the package's types.",
  "",
  names.map((name) => `[${name}](#${name.toLowerCase()})`).join(" · "),
];
for (const name of names) {
  const declaration = exported.get(name);
  const text = comment(declaration);
  lines.push("", `## ${name}`, "", ...(text ? [text.replaceAll("\n", "\n\n"), ""] : []), ...describe(declaration));
}
console.log(lines.join("\n"));
