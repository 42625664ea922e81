// Construction through three levels, private fields, accessors, static members and super calls.
class Shape {
    #name; static made = 0; sides = 0;
    constructor(name) { this.#name = name; Shape.made++; }
    get name() { return this.#name; }
    area() { return 0; }
    grow(by) { return this.area() * by; }
}
class Rectangle extends Shape {
    #w; #h; sides = 4;
    constructor(w, h) { super('rectangle'); this.#w = w; this.#h = h; }
    area() { return this.#w * this.#h; }
    set width(w) { this.#w = w; }
}
class Square extends Rectangle {
    constructor(a) { super(a, a); }
    grow(by) { return super.grow(by) + 1; }
}
let total = 0;
for (let i = 0; i < 200000; i++) {
    const s = new Square(i & 15), r = new Rectangle(i & 7, 3);
    r.width = 2;
    total = (total + s.grow(2) + r.area() + s.sides + r.name.length) & 0xffffff;
}
print(total, Shape.made);
