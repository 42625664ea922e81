// Ray tracer with spheres, a chequered plane, shadows and reflections.
class Vector {
  constructor(x, y, z) { this.x = x; this.y = y; this.z = z; }
  plus(o) { return new Vector(this.x + o.x, this.y + o.y, this.z + o.z); }
  minus(o) { return new Vector(this.x - o.x, this.y - o.y, this.z - o.z); }
  times(k) { return new Vector(this.x * k, this.y * k, this.z * k); }
  dot(o) { return this.x * o.x + this.y * o.y + this.z * o.z; }
  cross(o) { return new Vector(this.y * o.z - this.z * o.y, this.z * o.x - this.x * o.z, this.x * o.y - this.y * o.x); }
  get length() { return Math.sqrt(this.dot(this)); }
  unit() { return this.times(1 / this.length); }
}
class Color {
  constructor(r, g, b) { this.r = r; this.g = g; this.b = b; }
  plus(o) { return new Color(this.r + o.r, this.g + o.g, this.b + o.b); }
  times(o) { return new Color(this.r * o.r, this.g * o.g, this.b * o.b); }
  scale(k) { return new Color(this.r * k, this.g * k, this.b * k); }
}
const BLACK = new Color(0, 0, 0), SKY = new Color(0.2, 0.3, 0.5);
class Ray { constructor(start, direction) { this.start = start; this.direction = direction; } at(t) { return this.start.plus(this.direction.times(t)); } }
class Sphere {
  constructor(center, radius, color, shine) { this.center = center; this.radius = radius; this.color = color; this.shine = shine; }
  hit(ray) {
    const to = this.center.minus(ray.start), along = to.dot(ray.direction);
    if (along < 0) return Infinity;
    const gap = this.radius * this.radius - (to.dot(to) - along * along);
    return gap < 0 ? Infinity : along - Math.sqrt(gap);
  }
  normal(point) { return point.minus(this.center).unit(); }
  colorAt() { return this.color; }
}
class Plane {
  constructor(normal, offset, shine) { this.direction = normal; this.offset = offset; this.shine = shine; }
  hit(ray) {
    const facing = this.direction.dot(ray.direction);
    if (facing >= 0) return Infinity;
    return (this.direction.dot(ray.start) + this.offset) / -facing;
  }
  normal() { return this.direction; }
  colorAt(point) { return (Math.floor(point.x) + Math.floor(point.z)) & 1 ? new Color(0.9, 0.9, 0.9) : new Color(0.1, 0.1, 0.1); }
}
class Scene {
  constructor(things, lights) { this.things = things; this.lights = lights; }
  nearest(ray) {
    let best = Infinity, found = null;
    for (const thing of this.things) { const t = thing.hit(ray); if (t > 1e-4 && t < best) { best = t; found = thing; } }
    return found === null ? null : { thing: found, distance: best };
  }
  trace(ray, depth) {
    const hit = this.nearest(ray);
    if (hit === null) return SKY;
    const point = ray.at(hit.distance), normal = hit.thing.normal(point);
    let color = hit.thing.colorAt(point).scale(0.1);
    for (const light of this.lights) {
      const to = light.position.minus(point), distance = to.length, direction = to.unit();
      const shade = this.nearest(new Ray(point.plus(normal.times(1e-3)), direction));
      if (shade !== null && shade.distance < distance) continue;
      const lit = normal.dot(direction);
      if (lit > 0) color = color.plus(hit.thing.colorAt(point).times(light.color).scale(lit));
    }
    if (depth > 0 && hit.thing.shine > 0) {
      const reflected = ray.direction.minus(normal.times(2 * normal.dot(ray.direction))).unit();
      color = color.plus(this.trace(new Ray(point.plus(normal.times(1e-3)), reflected), depth - 1).scale(hit.thing.shine));
    }
    return color;
  }
}
const scene = new Scene(
  [new Plane(new Vector(0, 1, 0), 0, 0.2), new Sphere(new Vector(0, 1, -0.25), 1, new Color(0.9, 0.3, 0.2), 0.4),
    new Sphere(new Vector(-1.4, 0.5, 1.2), 0.5, new Color(0.2, 0.8, 0.3), 0.3), new Sphere(new Vector(1.3, 0.6, 1), 0.6, new Color(0.3, 0.4, 0.9), 0.5)],
  [{ position: new Vector(-2, 3.5, 2), color: new Color(0.6, 0.5, 0.5) }, { position: new Vector(2.5, 2.5, 3), color: new Color(0.4, 0.4, 0.6) }]);
const eye = new Vector(0.5, 2, 5), forward = new Vector(0, 0.8, 0).minus(eye).unit();
const right = forward.cross(new Vector(0, 1, 0)).unit(), up = right.cross(forward);
const size = 90;
let sum = 0;
for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
  const direction = forward.plus(right.times((x - size / 2) / size)).plus(up.times((size / 2 - y) / size)).unit();
  const color = scene.trace(new Ray(eye, direction), 4);
  sum += Math.floor(255 * Math.min(1, color.r)) + Math.floor(255 * Math.min(1, color.g)) * 3 + Math.floor(255 * Math.min(1, color.b)) * 7;
}
print(sum);
