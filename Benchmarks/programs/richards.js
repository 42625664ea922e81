// Operating system simulation: a scheduler runs an idle task, a worker, two handlers and two devices that pass packets.
const IDLE = 0, WORKER = 1, HANDLER_A = 2, HANDLER_B = 3, DEVICE_A = 4, DEVICE_B = 5, TASKS = 6;
const DEVICE_PACKET = 0, WORK_PACKET = 1;
const RUNNING = 0, RUNNABLE = 1, SUSPENDED = 2, HELD = 4;
const DATA_SIZE = 4;

class Packet {
  constructor(link, id, kind) { this.link = link; this.id = id; this.kind = kind; this.datum = 0; this.data = new Array(DATA_SIZE).fill(0); }
  addTo(queue) {
    this.link = null;
    if (queue === null) return this;
    let last = queue;
    while (last.link !== null) last = last.link;
    last.link = this;
    return queue;
  }
}

class Task {
  constructor(link, id, priority, queue, behaviour) {
    this.link = link; this.id = id; this.priority = priority; this.queue = queue; this.behaviour = behaviour;
    this.state = queue === null ? SUSPENDED : SUSPENDED | RUNNABLE;
  }
  isBlocked() { return (this.state & HELD) !== 0 || this.state === SUSPENDED; }
  run() {
    let packet = null;
    if (this.state === (SUSPENDED | RUNNABLE)) {
      packet = this.queue;
      this.queue = packet.link;
      this.state = this.queue === null ? RUNNING : RUNNABLE;
    }
    return this.behaviour.run(packet);
  }
  accept(current, packet) {
    if (this.queue === null) {
      this.queue = packet;
      this.state |= RUNNABLE;
      if (this.priority > current.priority) return this;
    } else {
      this.queue = packet.addTo(this.queue);
    }
    return current;
  }
}

class Scheduler {
  constructor() { this.queued = 0; this.held = 0; this.list = null; this.current = null; this.blocks = new Array(TASKS).fill(null); }
  add(id, priority, queue, behaviour, running) {
    this.current = new Task(this.list, id, priority, queue, behaviour);
    if (running) this.current.state = RUNNING;
    this.list = this.current;
    this.blocks[id] = this.current;
  }
  schedule() {
    this.current = this.list;
    while (this.current !== null) {
      if (this.current.isBlocked()) this.current = this.current.link;
      else this.current = this.current.run();
    }
  }
  release(id) {
    const task = this.blocks[id];
    task.state &= ~HELD;
    return task.priority > this.current.priority ? task : this.current;
  }
  hold() { this.held++; this.current.state |= HELD; return this.current.link; }
  suspend() { this.current.state |= SUSPENDED; return this.current; }
  queue(packet) {
    const task = this.blocks[packet.id];
    this.queued++;
    packet.link = null;
    packet.id = this.current.id;
    return task.accept(this.current, packet);
  }
}

class Idle {
  constructor(scheduler, seed, count) { this.scheduler = scheduler; this.seed = seed; this.count = count; }
  run() {
    this.count--;
    if (this.count === 0) return this.scheduler.hold();
    if ((this.seed & 1) === 0) { this.seed >>= 1; return this.scheduler.release(DEVICE_A); }
    this.seed = (this.seed >> 1) ^ 0xD008;
    return this.scheduler.release(DEVICE_B);
  }
}

class Device {
  constructor(scheduler) { this.scheduler = scheduler; this.waiting = null; }
  run(packet) {
    if (packet !== null) { this.waiting = packet; return this.scheduler.hold(); }
    if (this.waiting === null) return this.scheduler.suspend();
    const next = this.waiting;
    this.waiting = null;
    return this.scheduler.queue(next);
  }
}

class Worker {
  constructor(scheduler) { this.scheduler = scheduler; this.target = HANDLER_A; this.letter = 0; }
  run(packet) {
    if (packet === null) return this.scheduler.suspend();
    this.target = this.target === HANDLER_A ? HANDLER_B : HANDLER_A;
    packet.id = this.target;
    packet.datum = 0;
    for (let i = 0; i < DATA_SIZE; i++) {
      this.letter = this.letter === 26 ? 1 : this.letter + 1;
      packet.data[i] = this.letter;
    }
    return this.scheduler.queue(packet);
  }
}

class Handler {
  constructor(scheduler) { this.scheduler = scheduler; this.work = null; this.devices = null; }
  run(packet) {
    if (packet !== null) {
      if (packet.kind === WORK_PACKET) this.work = packet.addTo(this.work);
      else this.devices = packet.addTo(this.devices);
    }
    if (this.work !== null) {
      const count = this.work.datum;
      if (count < DATA_SIZE) {
        if (this.devices !== null) {
          const next = this.devices;
          this.devices = next.link;
          next.datum = this.work.data[count];
          this.work.datum = count + 1;
          return this.scheduler.queue(next);
        }
      } else {
        const done = this.work;
        this.work = done.link;
        return this.scheduler.queue(done);
      }
    }
    return this.scheduler.suspend();
  }
}

function simulate() {
  const scheduler = new Scheduler();
  scheduler.add(IDLE, 0, null, new Idle(scheduler, 1, 10000), true);
  let queue = new Packet(null, WORKER, WORK_PACKET);
  queue = new Packet(queue, WORKER, WORK_PACKET);
  scheduler.add(WORKER, 1000, queue, new Worker(scheduler), false);
  for (const [handler, device, priority] of [[HANDLER_A, DEVICE_A, 2000], [HANDLER_B, DEVICE_B, 3000]]) {
    let packets = null;
    for (let i = 0; i < 3; i++) packets = new Packet(packets, device, DEVICE_PACKET);
    scheduler.add(handler, priority, packets, new Handler(scheduler), false);
  }
  scheduler.add(DEVICE_A, 4000, null, new Device(scheduler), false);
  scheduler.add(DEVICE_B, 5000, null, new Device(scheduler), false);
  scheduler.schedule();
  return [scheduler.queued, scheduler.held];
}

let queued = 0, held = 0;
for (let round = 0; round < 8; round++) { const [q, h] = simulate(); queued += q; held += h; }
print(queued, held);
