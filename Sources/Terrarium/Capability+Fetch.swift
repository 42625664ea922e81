internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// A request as the guest makes it.
public struct FetchRequest: Codable, Sendable, Hashable {
    /// The address as the guest wrote it. Nothing has been checked.
    public var url: String
    /// In capitals.
    public var method: String
    /// Names in small letters.
    /// In their order; a name may stand there more than once.
    public var headers: [FetchHeader]
    /// The body; empty when there is none.
    /// The whole body.
    public var body: [UInt8]

    /// The first header of a name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
}

/// A header of a request or response.
public struct FetchHeader: Codable, Sendable, Hashable {
    /// As the guest wrote it.
    public var name: String
    /// Without white space at its ends.
    public var value: String

    /// A header of this name.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What the host answers.
public struct FetchResponse: Codable, Sendable, Hashable {
    /// 200 and so on.
    public var status: Int
    /// The phrase behind the status.
    public var statusText: String
    /// In their order.
    public var headers: [FetchHeader]
    /// The whole body.
    public var body: [UInt8]

    /// An answer with bytes.
    public init(status: Int = 200, statusText: String = "", headers: [FetchHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.statusText = statusText
        self.headers = headers
        self.body = body
    }

    /// An answer with a text.
    public init(status: Int = 200, contentType: String = "text/plain;charset=utf-8", text: String) {
        self.init(status: status, headers: [FetchHeader("content-type", contentType)], body: Array(text.utf8))
    }
}

extension Capability {
    /// `fetch`, `Headers`, `Request` and `Response`, over a function of the host, which sees each request as a value and may
    /// refuse it by throwing: the guest's promise is rejected with a TypeError, as for a network that fails.
    public static func fetch(_ handler: @escaping @Sendable (FetchRequest) async throws -> FetchResponse) -> Capability {
        Capability("fetch", globals: ["fetch", "Headers", "Request", "Response"]) { (sandbox) throws(TerrariumError) in
            sandbox.define("fetch") { (request: FetchRequest) async throws -> FetchResponse in try await handler(request) }
            let core = sandbox.core
            let setUp = try SandboxCore.builtinScript("fetch", FetchSource.text)
            try core.perform { (machine) throws(Thrown) in
                let global = machine.realmValue(core.realm, .global)
                let native = try machine.get(global.offset, machine.key("fetch"))
                func utf8(_ name: String, _ body: @escaping HostFunction) throws(Thrown) -> Word {
                    Word(object: try machine.makeNativeFunction(machine.registerHost(name, key: "fetch." + name, length: 1, body), realm: core.realm))
                }
                let encode = try utf8("encode") { (machine, call) throws(Thrown) in
                    let bytes = try SandboxCore.utf8(try machine.toStringValue(call[0]), machine)
                    let array = try machine.allocateTypedArray(.uint8, bytes.count)
                    if !bytes.isEmpty { machine.cage.store(bytes, at: machine.elementAddress(array, 0)) }
                    return Word(object: array)
                }
                let decode = try utf8("decode") { (machine, call) throws(Thrown) in
                    try machine.makeString(String(decoding: try SandboxCore.bufferSource(call[0], machine), as: UTF8.self))
                }
                let function = try machine.run(setUp, realm: core.realm)
                let made = try machine.call(function, this: .undefined, native, encode, decode)
                for name in ["fetch", "Headers", "Request", "Response"] {
                    try core.place(try machine.get(made.offset, machine.key(name)), at: name, machine)
                }
            }
        }
    }
}

extension SandboxCore {
    /// JavaScript of the library: not in traces.
    static func builtinScript(_ name: String, _ text: String) throws(TerrariumError) -> ScriptTemplate {
        var options = CompileOptions()
        options.isBuiltin = true
        do {
            var script = try ScriptCompiler.compile(
                try Parser.parse(SourceText(text, name: "builtin"), options: .guest), options: options)
            script.builtinName = "capability." + name
            return script
        } catch {
            throw .inconsistent
        }
    }

    /// A script of a capability or of the engine, by the name that snapshots have for it.
    static func builtinScript(named name: String) -> ScriptTemplate? {
        switch name {
        case "capability.fetch": try? builtinScript("fetch", FetchSource.text)
        case "capability.frozenIntrinsics": try? builtinScript("frozenIntrinsics", FrozenIntrinsicsSource.text)
        default: ScriptTemplate.builtin(named: name)
        }
    }
}

/// The guest's side of `fetch` (Fetch Standard), as much as code that calls services needs.
enum FetchSource {
    static let text = """
        (function (native, encode, decode) { "use strict";
          const token = /^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$/;
          const lower = (name) => { name = String(name); if (!token.test(name)) throw new TypeError("Invalid header name: " + name); return name.toLowerCase(); };
          const clean = (value) => String(value).replace(/^[\\t\\n\\r ]+|[\\t\\n\\r ]+$/g, "");
          class Headers {
            #map = new Map();
            constructor(init) {
              if (init === undefined || init === null) return;
              if (typeof init !== "object") throw new TypeError("Failed to construct 'Headers'");
              if (typeof init[Symbol.iterator] === "function") { for (const pair of init) { const p = [...pair]; if (p.length !== 2) throw new TypeError("Headers: expected name/value pair"); this.append(p[0], p[1]); } }
              else for (const name of Object.keys(init)) this.append(name, init[name]);
            }
            append(name, value) { name = lower(name); value = clean(value); const old = this.#map.get(name); this.#map.set(name, old === undefined ? value : old + ", " + value); }
            set(name, value) { this.#map.set(lower(name), clean(value)); }
            get(name) { const value = this.#map.get(lower(name)); return value === undefined ? null : value; }
            has(name) { return this.#map.has(lower(name)); }
            delete(name) { this.#map.delete(lower(name)); }
            forEach(callback, self) { for (const [name, value] of this) callback.call(self, value, name, this); }
            *entries() { for (const name of [...this.#map.keys()].sort()) yield [name, this.#map.get(name)]; }
            *keys() { for (const [name] of this.entries()) yield name; }
            *values() { for (const [, value] of this.entries()) yield value; }
            [Symbol.iterator]() { return this.entries(); }
            get [Symbol.toStringTag]() { return "Headers"; }
          }
          const bytesOf = (body) => {
            if (body === undefined || body === null) return null;
            if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
            if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength));
            return encode(`${body}`);
          };
          class Body {
            _bytes = null; _used = false;
            get bodyUsed() { return this._used; }
            async arrayBuffer() { return (await this.bytes()).buffer; }
            async bytes() { if (this._used) throw new TypeError("Body is unusable: Body has already been read"); this._used = this._bytes !== null; return this._bytes === null ? new Uint8Array(0) : this._bytes.slice(); }
            async text() { return decode(await this.bytes()); }
            async json() { return JSON.parse(await this.text()); }
          }
          const hide = (object) => { for (const key of ["_bytes", "_used"]) Object.defineProperty(object, key, { enumerable: false }); };
          class Request extends Body {
            constructor(input, init) {
              super(); hide(this); init = init === undefined || init === null ? {} : init;
              const from = input instanceof Request ? input : null;
              this.url = from ? from.url : String(input);
              let method = String(init.method === undefined ? (from ? from.method : "GET") : init.method);
              if (!token.test(method)) throw new TypeError("'" + method + "' is not a valid HTTP method.");
              if (/^(get|head|post|put|delete|options|patch)$/i.test(method)) method = method.toUpperCase();
              this.method = method;
              this.headers = new Headers(init.headers === undefined ? (from ? from.headers : undefined) : init.headers);
              const body = init.body === undefined && from ? from._bytes : init.body;
              if (body !== undefined && body !== null) {
                if (method === "GET" || method === "HEAD") throw new TypeError("Request with GET/HEAD method cannot have body.");
                this._bytes = bytesOf(body);
                if (typeof body === "string" && !this.headers.has("content-type")) this.headers.set("content-type", "text/plain;charset=UTF-8");
              }
            }
            clone() { return new Request(this); }
            get [Symbol.toStringTag]() { return "Request"; }
          }
          class Response extends Body {
            constructor(body, init) {
              super(); hide(this); init = init === undefined || init === null ? {} : init;
              const status = init.status === undefined ? 200 : Number(init.status);
              if (!(status >= 200 && status <= 599)) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
              this.status = status; this.statusText = init.statusText === undefined ? "" : String(init.statusText);
              this.ok = status >= 200 && status < 300; this.headers = new Headers(init.headers);
              this.url = ""; this.redirected = false; this.type = "default";
              this._bytes = bytesOf(body);
              if (typeof body === "string" && !this.headers.has("content-type")) this.headers.set("content-type", "text/plain;charset=UTF-8");
            }
            clone() { const copy = new Response(this._bytes, { status: this.status, statusText: this.statusText, headers: this.headers }); copy.url = this.url; return copy; }
            static json(data, init) { const r = new Response(JSON.stringify(data), init); r.headers.set("content-type", "application/json"); return r; }
            get [Symbol.toStringTag]() { return "Response"; }
          }
          async function fetch(input, init) {
            const request = new Request(input, init);
            const headers = [...request.headers].map(([name, value]) => ({ name, value }));
            let answer;
            try {
              answer = await native({ url: request.url, method: request.method, headers, body: request._bytes === null ? new Uint8Array(0) : request._bytes });
            } catch (error) { throw new TypeError("fetch failed", { cause: error }); }
            const response = new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: answer.headers.map((h) => [h.name, h.value]) });
            response.url = request.url;
            return response;
          }
          return { fetch, Headers, Request, Response };
        })
        """
}
