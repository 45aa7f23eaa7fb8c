// InfluxDB 2's client with values that its dialect has and QuestDB's has not: node influxdb-hostile.mjs <url> <token> <table>
import { InfluxDB, Point } from "@influxdata/influxdb-client";

const [url, token, table] = process.argv.slice(2);
const api = new InfluxDB({ url, token }).getWriteApi("org", "bucket", "ns");
const point = () => new Point(table).timestamp("1700000000000000000");
api.writePoint(point().tag("case", "unsigned").uintField("bucket-1", 8).uintField("most", "9223372036854775807"));
api.writePoint(point().tag("case", "lines").stringField("msg", 'Traceback:\n  File "C:\\bots\\run.py"\r\nValueError: stale\\'));
api.writePoint(point().tag("case", "names").tag("io.image.version", "1.2").floatField("0.99", 80.1).intField("timestamp", 7).intField("a b,c=d", 1));
api.writePoint(point().tag("case", "D:\\ticks\\hot, \\d+=ü→日本😀").booleanField("up", true));
await api.close();
