namespace Collector.Tests.Settings;

/// <summary>The oracle of the room: each line that ends in <c># !</c> holds one mistake, and each is found once, there.</summary>
public sealed class FortyMistakesTests
{
    private const string Text =
        """
        stor: {table: x} # !
        listen: localhost # !
        listen: a:1 # !
        unknown: 1 # !
        labels:
          site: "" # !
          desk: [a] # !
          desk: b # !
          floor: # !
        store:
          table: Trades-1 # !
          tabel: trades # !
          questdb: # !
            user: "  " # !
            password: "123" # !
            passwort: abc # !
            headers:
              x_key: env:NOT_SET # !
              x_other: file:/no/such/file # !
        spool:
          bytes: 12 parsecs # !
          segment: 1KiB # !
          when_full: explode # !
          compress: perhaps # !
          when-full: refuse # !
        tls: yes please # !
        targets:
          - name: a
            interval: 10 # !
            rows: 0 # !
            offset: -1 # !
            ratio: 2 # !
            limit: none # !
            buckets:
              - 1s
              - 1 s # !
              - 2x # !
            tags: UPPER # !
            feed: http://feed # !
          - rows: 5 # !
          - name: # !
            interval: 2h # !
            sufix: y # !
        sources:
          host: {interval: 500ms} # !
          hots: {} # !
          daemon:
            - {command: [a]} # !
            - interval: 1s # !
            - nonsense # !
        """;

    [Fact]
    public void Bind_FortyMistakes_AreFortyFaultsEachInItsLine()
    {
        var marked = Text.Split('\n').Index().Where(line => line.Item.EndsWith("# !", StringComparison.Ordinal)).Select(line => line.Index + 1).ToList();

        var bound = Bound.Of(Text);

        Assert.Equal(40, marked.Count);
        Assert.Equal(marked, bound.Faults.Select(fault => fault.Line));
    }
}
