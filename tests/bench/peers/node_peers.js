// The worker in Node with the peers that are packages of their own; see ../worker.h.
const path = require("path");
const readline = require("readline");
const writeFileAtomic = require("write-file-atomic");

const target = path.join(process.env.TMPDIR, "replaced");
const content = Buffer.alloc(100 << 20, "x");
const sizes = { node_small: 4096, node_large: 100 << 20 };

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [name, count] = line.split(" ");
  const data = content.subarray(0, sizes[name]);
  const from = process.hrtime.bigint();
  for (let i = 0; i < Number(count); i++) writeFileAtomic.sync(target, data);
  console.log(String(process.hrtime.bigint() - from));
});
