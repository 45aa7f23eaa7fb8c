import io.questdb.client.Sender;
import java.lang.management.ManagementFactory;
import java.time.temporal.ChronoUnit;
import java.util.Random;

/** Sends rows of the shape of the benchmarks' TradeRows with QuestDB's own client: Send PORT ROWS ROWS_A_REQUEST. */
public class Send {
    public static void main(String[] args) throws Exception {
        long rows = Long.parseLong(args[1]);
        int perRequest = Integer.parseInt(args[2]);
        String[] symbols = {"BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "ADA-USDT", "DOT-USDT", "BTC-USDC", "ETH-USDC"};
        double[] values = new Random(146).doubles(1024).toArray();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long began = 0, cpu = 0;
        try (Sender sender = Sender.fromConfig("http::addr=127.0.0.1:" + args[0] + ";protocol_version=2;auto_flush=off;")) {
            for (long i = 0; i < rows; i++) {
                if (i == rows / 2) { // the first half warms it up
                    sender.flush();
                    began = System.nanoTime();
                    cpu = system.getProcessCpuTime();
                }
                int at = (int) (i & 1023);
                sender.table("trades")
                    .symbol("symbol", symbols[at & 7])
                    .symbol("side", (at & 8) == 0 ? "sell" : "bids")
                    .doubleColumn("price", values[at] * 100_000)
                    .doubleColumn("amount", values[1023 - at])
                    .longColumn("trade_id", 1_000_000_000_000L + i)
                    .longColumn("level", 100 + at % 900)
                    .timestampColumn("seen", 1_700_000_000_000_000L + at * 1_009L, ChronoUnit.MICROS)
                    .at(1_700_000_000_000_000L + i, ChronoUnit.MICROS);
                if ((i + 1) % perRequest == 0) {
                    sender.flush();
                }
            }
            sender.flush();
        }
        long half = rows - rows / 2;
        System.out.println((half * 1e9 / (System.nanoTime() - began)) + " " + ((system.getProcessCpuTime() - cpu) / (double) half));
    }
}
