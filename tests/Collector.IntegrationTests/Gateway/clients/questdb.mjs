// QuestDB's own Node.js client: node questdb.mjs <configuration> <table> <rows>
import { Sender } from "@questdb/nodejs-client";

const [configuration, table, rows] = process.argv.slice(2);
const sender = await Sender.fromConfig(configuration);
for (let i = 0; i < Number(rows); i++) {
  await sender
    .table(table)
    .symbol("symbol", "BTC-USD")
    .symbol("odd", "a b,c=d\\e")
    .floatColumn("price", 0.1 + i)
    .intColumn("number", i)
    .stringColumn("note", 'quoted "x"\nand a second line')
    .booleanColumn("live", i % 2 === 0)
    .timestampColumn("made_at", 1700000000000000n, "us")
    .at(BigInt(Date.now()) * 1000n + BigInt(i), "us");
}
await sender.flush();
await sender.close();
