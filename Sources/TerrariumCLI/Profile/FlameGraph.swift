import Terrarium

/// A flame graph as SVG: callers below, what they call above them, as wide as the fuel that it took. It needs no script.
enum FlameGraph {
    private static let width = 1200.0, rowHeight = 17, smallest = 0.3

    /// A frame, with all calls of one function by one caller together.
    private struct Box {
        var name: String
        var place: String
        var fuel: Int64 = 0
        var bytes = 0
        var children: [Int] = []
        var depth = 0
    }

    static func svg(_ totals: ProfileTotals, title: String) -> String {
        let boxes = merged(totals.profile)
        let scale = totals.fuel > 0 ? width / Double(totals.fuel) : 0
        var shapes = ""
        var deepest = 0
        var pending: [(box: Int, left: Double)] = [(0, 0)]
        while let (index, left) = pending.popLast() {
            let box = boxes[index]
            let wide = Double(box.fuel) * scale
            if wide < smallest { continue }
            deepest = max(deepest, box.depth)
            shapes += shape(box, left, wide, totals.fuel)
            var next = left
            for child in box.children {
                pending.append((child, next))
                next += Double(boxes[child].fuel) * scale
            }
        }
        let height = (deepest + 1) * rowHeight + 40
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(height)" viewBox="0 0 \(Int(width)) \(height)" \
            font-family="monospace" font-size="11">
            <rect width="100%" height="100%" fill="#fffdf7"/>
            <text x="8" y="18" font-size="14">\(escape(title)): fuel \(totals.fuel), allocated \(escape(Figures.bytes(totals.bytes)))</text>
            <g transform="translate(0 \(height - rowHeight - 6)) ">
            \(shapes)</g>
            </svg>

            """
    }

    private static func shape(_ box: Box, _ left: Double, _ wide: Double, _ whole: Int64) -> String {
        let x = fixed(left), y = -box.depth * rowHeight
        let label = "\(box.name)\(box.place.isEmpty ? "" : " \(box.place)"): \(box.fuel) units, \(Figures.percent(box.fuel, of: whole)) %, \(Figures.bytes(box.bytes))"
        let letters = Int(wide / 6.8) - 1
        let text = letters < 3 ? "" : "<text x=\"\(fixed(left + 3))\" y=\"\(y + 12)\">\(escape(String(box.name.prefix(letters))))</text>"
        return "<g><title>\(escape(label))</title><rect x=\"\(x)\" y=\"\(y)\" width=\"\(fixed(max(wide - 0.5, 0.2)))\" "
            + "height=\"\(rowHeight - 1)\" fill=\"\(color(box))\"/>\(text)</g>\n"
    }

    /// The same name has the same colour in every graph; built-ins are blue.
    private static func color(_ box: Box) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in box.name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let hue = box.place.isEmpty && box.depth > 0 ? 200 + hash % 20 : 10 + hash % 45
        return "hsl(\(hue),\(70 + hash / 64 % 20)%,\(68 + hash / 4096 % 10)%)"
    }

    private static func merged(_ profile: Profile) -> [Box] {
        struct Key: Hashable {
            let parent: Int
            let name: String, source: String
        }
        var boxes = [Box(name: "(all)", place: "")]
        var known: [Key: Int] = [:]
        var places = [Int](repeating: 0, count: max(1, profile.nodes.count))
        for (index, node) in profile.nodes.enumerated() where index > 0 {
            let parent = places[node.parent]
            let key = Key(parent: parent, name: node.function, source: node.source)
            if let box = known[key] {
                places[index] = box
            } else {
                boxes.append(Box(name: node.function, place: node.source, depth: boxes[parent].depth + 1))
                known[key] = boxes.count - 1
                boxes[parent].children.append(boxes.count - 1)
                places[index] = boxes.count - 1
            }
        }
        for (index, node) in profile.nodes.enumerated() {
            boxes[places[index]].fuel += node.fuel
            boxes[places[index]].bytes += node.bytes
        }
        // Children come behind their parents.
        for index in boxes.indices.reversed() {
            for child in boxes[index].children {
                boxes[index].fuel += boxes[child].fuel
                boxes[index].bytes += boxes[child].bytes
            }
        }
        return boxes
    }

    private static func fixed(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: if scalar.value >= 32 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
