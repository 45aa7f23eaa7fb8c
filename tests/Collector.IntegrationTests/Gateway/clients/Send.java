import io.questdb.client.Sender;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** QuestDB's own Java client: java -cp 'clients/java/*' Send.java configuration table rows. */
class Send {
    public static void main(String[] arguments) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        try (Sender sender = Sender.fromConfig(arguments[0])) {
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                sender.table(arguments[1])
                    .symbol("symbol", "BTC-USD")
                    .symbol("odd", "a b,c=d\\e")
                    .doubleColumn("price", 0.1 + i)
                    .longColumn("number", i)
                    .stringColumn("note", "quoted \"x\"\nand a second line")
                    .boolColumn("live", i % 2 == 0)
                    .timestampColumn("made_at", 1700000000000000L, ChronoUnit.MICROS);
                if (!arguments[0].contains("protocol_version=1")) {
                    sender.doubleArray("book", new double[][] {{1, 2.5}, {3, -4}}).doubleArray("curve", new double[] {0.5});
                }
                sender.at(now + i, ChronoUnit.MICROS);
            }
        }
    }
}
