// InfluxDB 1's client: node influx1.mjs <host> <port> <password> <table>
import { InfluxDB } from "influx";

const [host, port, password, table] = process.argv.slice(2);
const influx = new InfluxDB({ host, port: Number(port), database: "bots", username: "any", password });
const [server] = await influx.ping(5000);
if (!server.online || !server.version) throw new Error("ping");
if (!(await influx.getDatabaseNames()).includes("bots")) await influx.createDatabase("bots");
const timestamp = "1700000000000000000";
await influx.writePoints([
  { measurement: table, tags: { case: "lines" }, fields: { msg: 'Traceback:\n  File "C:\\bots\\run.py"\nValueError: stale\\' }, timestamp },
  { measurement: table, tags: { case: "names", "io.image.version": "1.2" }, fields: { "file-max": 3.5, "a b,c=d": 1 }, timestamp },
  { measurement: table, tags: { case: "D:\\ticks\\hot, \\d+=ü→日本😀" }, fields: { up: true }, timestamp },
]);
