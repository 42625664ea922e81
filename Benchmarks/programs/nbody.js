function main() {
  const bodies = [];
  for (let i = 0; i < 5; i++) bodies.push({ x: i * 1.5 - 3, y: (i * i) % 3 - 1, z: i * 0.25, vx: 0.01 * i, vy: 0.02 - 0.01 * i, vz: 0, mass: 1 + i * 0.1 });
  for (let step = 0; step < 30000; step++) {
    for (let i = 0; i < 5; i++) {
      const a = bodies[i];
      for (let j = i + 1; j < 5; j++) {
        const b = bodies[j], dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
        const d2 = dx * dx + dy * dy + dz * dz + 0.01, mag = 0.001 / (d2 * Math.sqrt(d2));
        a.vx -= dx * b.mass * mag; a.vy -= dy * b.mass * mag; a.vz -= dz * b.mass * mag;
        b.vx += dx * a.mass * mag; b.vy += dy * a.mass * mag; b.vz += dz * a.mass * mag;
      }
    }
    for (const b of bodies) { b.x += 0.001 * b.vx; b.y += 0.001 * b.vy; b.z += 0.001 * b.vz; }
  }
  return bodies.reduce((e, b) => e + b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz), 0).toFixed(9);
}
print(main());
