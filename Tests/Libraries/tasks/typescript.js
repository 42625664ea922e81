// packages: node-typescript
// modules: ts = nodejs/typescript/lib/typescript.js
// texts: code = nodejs/typescript/lib/lib.es5.d.ts
// fuel: 300000000   heap: 64m   allow: clock
const ts = require('ts'), code = require('code');
const program = `
import { Thing as Other } from "./other";
export enum Colour { Red = 1, Green = Red << 2, Blue = "b".length }
@decorate({ name: "x" })
export abstract class Store<T extends { id: number }, K = keyof T> implements Iterable<T> {
    private static count = 0;
    #items: Map<number, T> = new Map();
    constructor(public readonly name: string, protected limit?: number) { Store.count++; }
    abstract load(from: string): Promise<T[]>;
    async add(...items: T[]): Promise<void> { for await (const item of items) this.#items.set(item.id, item); }
    get size(): number { return this.#items?.size ?? 0; }
    *[Symbol.iterator](): IterableIterator<T> { yield* this.#items.values(); }
}
export namespace Shapes { export interface Circle { kind: "circle"; r: number } export const area = (c: Circle) => Math.PI * c.r ** 2; }
export default function <const A, B>(a: A, { b, ...rest }: { b: B; [key: string]: unknown }): asserts a is A { label: while (a!) { break label; } }
const tagged = <T,>(parts: TemplateStringsArray, ...values: T[]) => parts.raw.join("|") + values.map(v => \`<\${v}>\`).join();
let x = <any>Other satisfies unknown, y = x as unknown as string;
`;
for (const target of ['ES3', 'ES5', 'ES2015', 'ES2018', 'ESNext'])
    for (const module of ['CommonJS', 'System', 'ESNext']) {
        const result = ts.transpileModule(program, { fileName: 'store.ts', reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget[target], module: ts.ModuleKind[module],
            experimentalDecorators: true, emitDecoratorMetadata: true, sourceMap: true, downlevelIteration: true } });
        console.log('//', target, module, '\n' + result.outputText, result.sourceMapText);
        console.log(result.diagnostics.map(d => d.code + ' ' + ts.flattenDiagnosticMessageText(d.messageText, '\n') + ' ' + d.start).join('\n'));
    }
const file = ts.createSourceFile('lib.es5.d.ts', code, ts.ScriptTarget.Latest, true);
const kinds = {};
(function visit(node) { const kind = ts.SyntaxKind[node.kind]; kinds[kind] = (kinds[kind] || 0) + 1; ts.forEachChild(node, visit); })(file);
console.log(JSON.stringify(kinds));
const printed = ts.createPrinter({ removeComments: true }).printFile(file);
console.log(printed);
// A whole program: bind and check against the library.
const source = 'const xs: number[] = [1, 2, 3].map(x => x * 2);\nconst bad: string = xs[0];\nfunction f<T>(a: T, b: keyof T) { return a[b]; }\nf({ q: 1 }, "z");\nlet u: { a?: number } = { b: 1 };\nxs.flatMap(x => x);\nclass C { private p = 1 }\nnew C().p;\n';
const files = { 'lib.d.ts': file, 'main.ts': ts.createSourceFile('main.ts', source, ts.ScriptTarget.ES5, true) };
const host = { getSourceFile: name => files[name], getDefaultLibFileName: () => 'lib.d.ts', writeFile: (name, text) => console.log(name, '\n' + text), getCurrentDirectory: () => '', getDirectories: () => [],
    getCanonicalFileName: name => name, useCaseSensitiveFileNames: () => true, getNewLine: () => '\n', fileExists: name => name in files, readFile: () => undefined };
const checked = ts.createProgram(['main.ts'], { strict: true, target: ts.ScriptTarget.ES5 }, host);
for (const d of ts.getPreEmitDiagnostics(checked))
    console.log(d.file && d.file.fileName, d.start, d.code, ts.flattenDiagnosticMessageText(d.messageText, '\n'));
checked.emit();
