// A round-robin scheduler with priorities: linked lists, methods, small objects.
class Packet { constructor(link, id, kind) { this.link = link; this.id = id; this.kind = kind; this.data = [0, 0, 0, 0]; } }
class Task {
  constructor(link, id, priority, work) { this.link = link; this.id = id; this.priority = priority; this.work = work; this.queue = null; this.count = 0; }
  enqueue(packet) { packet.link = null; if (this.queue === null) this.queue = packet; else { let p = this.queue; while (p.link !== null) p = p.link; p.link = packet; } }
  run(scheduler) {
    const packet = this.queue;
    if (packet !== null) this.queue = packet.link;
    this.count++;
    return this.work(scheduler, this, packet);
  }
}
class Scheduler {
  constructor() { this.list = null; this.tasks = []; this.hops = 0; }
  add(id, priority, work) { this.list = new Task(this.list, id, priority, work); this.tasks[id] = this.list; return this.list; }
  send(id, packet) { this.hops++; this.tasks[id].enqueue(packet); }
  run(rounds) {
    for (let i = 0; i < rounds; i++) { let t = this.list; while (t !== null) { if (t.queue !== null || t.priority > 5) t.run(this); t = t.link; } }
  }
}
function main() {
  const s = new Scheduler();
  let seed = 49734321;
  const next = () => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return seed; };
  s.add(0, 9, (sch, task, p) => { const q = new Packet(null, 0, 0); q.data[0] = next() & 255; sch.send(1 + (q.data[0] % 3), q); return task; });
  for (let id = 1; id < 4; id++) s.add(id, id, (sch, task, p) => { if (p !== null) { for (let i = 0; i < 4; i++) p.data[i] = (p.data[i] + task.id * i) & 255; if (p.data[3] > 40) return task; sch.send(1 + (p.data[0] + task.id) % 3, p); p.data[3] += 7; } return task; });
  s.run(7500);
  return s.hops * 31 + s.tasks.reduce((a, t) => a + t.count, 0);
}
print(main());
