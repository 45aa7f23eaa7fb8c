// InfluxDB's client: node influxdb.mjs <url> <token> <table> <rows>
import { InfluxDB, Point } from "@influxdata/influxdb-client";

const [url, token, table, rows] = process.argv.slice(2);
const api = new InfluxDB({ url, token }).getWriteApi("org", "bucket", "ms", { gzipThreshold: 1000, batchSize: 500 });
const now = Date.now();
for (let i = 0; i < Number(rows); i++) {
  api.writePoint(new Point(table).tag("symbol", "BTC USD").floatField("price", 0.1 + i).intField("number", i)
    .stringField("note", 'quoted "x"').booleanField("live", i % 2 === 0).timestamp(now + i));
}
await api.close();
