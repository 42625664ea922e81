@_spi(Corruption) import Terrarium
import TerrariumSyntax
import Testing

/// Lengths and counts in the cage that somebody has written over: whatever goes by them comes to an end, within the limits.
struct OverwrittenLengthTests {
    /// What a guest has: one of each kind of cell with a length or a count.
    private static let things = """
        const dense = [1, 2.5, 'three', [4], { five: 5 }], holes = [1, , 3], long = Array.from({ length: 40 }, (_, i) => i);
        const map = new Map([[1, 'a'], ['k', 2], [dense, 3]]), set = new Set([1, 'x', 2n]), weak = new WeakMap([[dense, 1]]);
        const flat = 'some text', wide = 'w\\u{1F600}', rope = flat.repeat(5) + wide.repeat(5), slice = flat.repeat(20).slice(3, 90);
        const many = {}; for (let i = 0; i < 24; i++) many['key' + i] = i;
        const bytes = new Uint8Array(40).fill(7), view = new DataView(bytes.buffer, 4, 16), big = 2n ** 200n, negative = -(3n ** 90n);
        const pattern = /(a+)(?<name>b|c)*\\s|[^x-z]/g, symbol = Symbol('described'), date = new Date(0), error = new Error('message');
        function* generator() { let x = 1; yield x; yield* [2, 3]; try { yield 4; } finally { x = 5; } }
        const running = generator(); running.next();
        function captures(a, ...rest) { let sum = a; return { add(x) { sum += x + rest.length; return sum; }, all: arguments }; }
        const closure = captures(1, 2, 3), bound = captures.bind(null, 1, 2), promise = Promise.resolve(1).then((x) => x + 1);
        class Base { #hidden = 1; static made = 0; constructor(a) { this.a = a; } get hidden() { return this.#hidden; } }
        class Derived extends Base { b = 2; method() { return super.hidden + this.b; } }
        const derived = new Derived(3), proxy = new Proxy(dense, {}), tagged = ((s) => s)`a${1}b`;
        """

    private static let uses = """
        const out = [];
        const uses = [
          () => [...dense, ...holes, ...long], () => long.slice(2).concat(dense).reverse().sort(), () => long.map((x) => x * 2).join(),
          () => dense.push(1) + dense.pop(), () => long.splice(3, 4, 'x', 'y'), () => holes.indexOf(3) + long.includes(77),
          () => { for (const [k, v] of map) out.push(k, v); map.set('new', 1).delete(1); return map.size; },
          () => { for (const v of set) out.push(v); set.add({}); return [...set]; }, () => weak.set({}, 1).get(dense),
          () => flat + rope + slice, () => rope.indexOf('text', 9) + slice.split('t').length, () => rope.toUpperCase().normalize(),
          () => { for (const c of wide) out.push(c); return wide.codePointAt(1) + slice.padEnd(100).trim(); }, () => rope === slice + flat,
          () => Object.keys(many).length + JSON.stringify([many, dense]), () => { for (const k in many) out.push(k); many.extra = 1; delete many.key3; },
          () => bytes.map((x) => x + 1).join() + view.getInt32(2), () => bytes.subarray(3).fill(1).sort().indexOf(7), () => bytes.buffer.slice(2).byteLength,
          () => big * negative + (big / 7n ^ negative), () => big.toString(36) + BigInt.asIntN(70, negative), () => BigInt(big.toString()),
          () => rope.replace(pattern, '[$1$<name>]') + pattern.exec('aab a')?.[0], () => 'aac aab '.match(pattern).length, () => new RegExp(pattern, 'y').test(flat),
          () => String(symbol) + date.toISOString() + error.stack, () => [...running, ...generator()],
          () => closure.add(2) + closure.all.length + bound(3).add(1), () => derived.method() + new Derived(1).a + Derived.name, () => Object.assign({}, derived, dense),
          () => [...proxy].length + tagged.raw.join(), () => structured(dense), () => captures(...long).all.length, () => captures.toString().length,
          () => Object.getOwnPropertyNames(Object.getPrototypeOf(derived)).join(), () => Promise.all([promise, 1]), () => Reflect.ownKeys(captures),
        ];
        function structured(x) { return Array.isArray(x) ? x.map(structured) : x; }
        for (const use of uses) try { use(); } catch (e) { String(e); }
        """

    private static func session(_ source: String) throws -> Session {
        var limits = SessionLimits()
        limits.fuel = 1 << 40
        limits.heap = 32 << 20
        let session = try Session(limits: limits, print: { _ in })
        _ = session.run(SourceText(source, name: "things.js"))
        return session
    }

    @Test(arguments: [0, 1, 2, 3])
    func everyLengthMayBeAnything(_ part: Int) throws {
        let blank = try OverwrittenLengthTests.session("0"), session = try OverwrittenLengthTests.session(OverwrittenLengthTests.things)
        let snapshot = try #require(session.snapshot())
        let first = try #require(try? Session(restoring: snapshot, limits: SessionLimits(), print: { _ in }))
        // Words that the guest made, and that have what may be a length: a small number in one half.
        var places: [(offset: UInt32, high: Bool)] = []
        let range = first.usedRange
        for offset in stride(from: range.lowerBound & ~7, to: range.upperBound, by: 8) {
            let word = first.word(at: offset)
            if word == 0 || blank.usedRange.contains(offset) && blank.word(at: offset) == word { continue }
            if (1...2048).contains(word & 0xFFFF_FFFF) { places.append((offset, false)) }
            if (1...2048).contains(word >> 32) { places.append((offset, true)) }
        }
        #expect(places.count > 500)
        let values: [UInt64] = [0, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]
        var limits = SessionLimits()
        limits.fuel = 400_000
        limits.heap = 32 << 20
        let uses = SourceText(OverwrittenLengthTests.uses, name: "uses.js")
        for (offset, high) in places {
            let again = try Session(restoring: snapshot, limits: limits, print: { _ in })
            let word = again.word(at: offset), value = values[part]
            again.overwrite(offset, high ? word & 0xFFFF_FFFF | value << 32 : word & ~0xFFFF_FFFF | value)
            let clock = ContinuousClock(), start = clock.now
            _ = again.run(uses)
            let time = clock.now - start
            #expect(time < .seconds(2), "\(offset) \(high) \(value)")
            #expect(again.bill.fuel < 400_000 + 30_000_000, "\(offset) \(high) \(value)")
            #expect(again.bill.heapPeak <= 32 << 20)
        }
    }
}
