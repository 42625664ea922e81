import Terrarium

/// A library from the npm registry, bundled to one file, brought in as text and used.
public enum BundledLibrary {
    /// As bundlers write it: a module for CommonJS, AMD and plain scripts at once.
    static let template = """
        (function (root, factory) {
          if (typeof define === 'function' && define.amd) define([], factory);
          else if (typeof module === 'object' && module.exports) module.exports = factory();
          else root.tinyTemplate = factory();
        })(typeof self !== 'undefined' ? self : this, function () {
          'use strict';
          var cache = Object.create(null);
          var escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
          function escape(text) { return String(text).replace(/[&<>"]/g, function (c) { return escapes[c]; }); }
          function lookUp(path, data) { return path.split('.').reduce(function (o, k) { return o == null ? o : o[k]; }, data); }
          function compile(source) {
            var parts = source.split(/\\{\\{\\s*([\\w.]+)\\s*\\}\\}/);
            return function (data) {
              return parts.map(function (part, i) { if (i % 2 === 0) return part; var v = lookUp(part, data); return v == null ? '' : escape(v); }).join('');
            };
          }
          return { render: function (source, data) { return (cache[source] || (cache[source] = compile(source)))(data); }, version: '1.2.0' };
        });
        """

    struct Page: Codable {
        struct User: Codable { var name: String }
        var title: String
        var user: User
    }

    /// The example: `require` finds the bundle, the host renders a page with it.
    public static func run() throws -> [String] {
        let sandbox = try Sandbox(
            limits: .untrusted, capabilities: [.standard, .require(.inMemory(["node_modules/tiny-template/index.js": template]))])
        let library = try sandbox.evaluate("require('./node_modules/tiny-template')")
        let page = Page(title: "A & B", user: Page.User(name: "<ann>"))
        let text = try library.callMethod("render", "<h1>{{title}}</h1>{{ user.name }}{{missing}}", page, as: String.self)
        return [try library.get("version", as: String.self), text]
    }
}
