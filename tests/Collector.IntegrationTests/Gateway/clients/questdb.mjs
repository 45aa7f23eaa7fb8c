// QuestDB's own Node.js client: node questdb.mjs <configuration> <table> <rows>
import { Sender } from "@questdb/nodejs-client";

const [configuration, table, rows] = process.argv.slice(2);
const sender = await Sender.fromConfig(configuration);
const hasArrays = !configuration.includes("protocol_version=1");
for (let i = 0; i < Number(rows); i++) {
  sender
    .table(table)
    .symbol("symbol", "BTC-USD")
    .symbol("odd", "a b,c=d\\e")
    .floatColumn("price", 0.1 + i)
    .intColumn("number", i)
    .stringColumn("note", 'quoted "x"\nand a second line')
    .booleanColumn("live", i % 2 === 0)
    .timestampColumn("made_at", 1700000000000000n, "us");
  if (hasArrays) {
    sender.arrayColumn("book", [[1, 2.5], [3, -4]]).arrayColumn("curve", [0.5]);
  }
  await sender.at(BigInt(Date.now()) * 1000n + BigInt(i), "us");
}
await sender.flush();
await sender.close();
