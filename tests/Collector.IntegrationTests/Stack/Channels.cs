namespace Collector.IntegrationTests.Stack;

/// <summary>The channels that alerts may go to, all combinations of them, and values that are hard to write into a file.</summary>
internal static class Channels
{
    public static readonly string[] All = ["telegram", "discord", "email"];

    public static IEnumerable<string[]> Combinations => Enumerable.Range(0, 1 << All.Length)
        .Select(bits => All.Where((_, index) => (bits & (1 << index)) != 0).ToArray());

    public static readonly string[] Hostile =
    [
        "$", "$$", "$$$HOME$", "${PATH}", "$__file{/etc/passwd}", "$__env{HOME}", "a$", "\"", "'", "\\", "\\n", "\\\"$", "`id`", "$(id)", "%s%n", "&",
        "two\nlines", "cr\r\nlf", "tab\there", "# no comment", "a: b", "{{ .Evil }}", "*", "&anchor", "!tag", "- item", "null", "true", "~", "0x1f", "1e3",
        "ünï→cödé", "\u0001\u007f",
    ];

    /// <summary>What was configured and cannot be right: the channel that is left out, the variable, its value.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "telegram", "TELEGRAM_CHAT_ID", "0" },
        { "telegram", "TELEGRAM_CHAT_ID", "-0" },
        { "telegram", "TELEGRAM_CHAT_ID", "0123" },
        { "telegram", "TELEGRAM_CHAT_ID", "1.5" },
        { "telegram", "TELEGRAM_CHAT_ID", "channel" },
        { "telegram", "TELEGRAM_CHAT_ID", "9999999999999999999" },
        { "discord", "DISCORD_WEBHOOK_URL", "discord.test/api/webhooks/1/x" },
        { "discord", "DISCORD_WEBHOOK_URL", "ftp://discord.test/api/webhooks/1/x" },
        { "discord", "DISCORD_WEBHOOK_URL", "https:///api/webhooks/1/x" },
        { "discord", "DISCORD_WEBHOOK_URL", "https://discord.test/api webhooks/1/x" },
        { "discord", "DISCORD_WEBHOOK_URL", "https://discord.test/api/webhooks/%zz" },
        { "discord", "DISCORD_WEBHOOK_URL", "https://discord.test/1/x\nhttps://discord.test/1/y" },
        { "email", "SMTP_HOST", "mail.example.test" },
        { "email", "SMTP_HOST", "mail.example.test:" },
        { "email", "SMTP_HOST", ":587" },
        { "email", "SMTP_HOST", "mail.example.test:smtp" },
        { "email", "SMTP_HOST", "mail.example.test:70000" },
        { "email", "SMTP_HOST", "smtp://mail.example.test:587" },
        { "email", "SMTP_HOST", "::1:587" },
        { "email", "SMTP_FROM", "collector" },
        { "email", "EMAIL_TO", "ops" },
    };

    /// <summary>The variables of a channel.</summary>
    public static Dictionary<string, string?> Variables(string channel, string odd = "") => channel switch
    {
        "telegram" => new(StringComparer.Ordinal) { ["TELEGRAM_BOT_TOKEN"] = $"123:abc{odd}", ["TELEGRAM_CHAT_ID"] = "-1001234567890" },
        "discord" => new(StringComparer.Ordinal) { ["DISCORD_WEBHOOK_URL"] = $"https://discord.test/api/webhooks/1/x?y={odd}" },
        _ => new(StringComparer.Ordinal) { ["EMAIL_TO"] = $"ops@example.test,night@example.test{odd}", ["SMTP_HOST"] = "mail.example.test:587", ["SMTP_FROM"] = "collector@example.test" },
    };

    /// <summary>The environment of a start script, with these channels and without what the machine's own environment has.</summary>
    public static Dictionary<string, string?> Environment(params string[] channels)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["COLLECTOR_ALERTS_URL"] = "http://collector:9464/alerts", ["COLLECTOR_TOKEN"] = "secret" };
        foreach (string name in All.SelectMany(channel => Variables(channel).Keys).SelectMany(name => (string[])[name, name + "_FILE"]))
        {
            variables[name] = null;
        }

        foreach ((string name, string? value) in channels.SelectMany(channel => Variables(channel)))
        {
            variables[name] = value;
        }

        return variables;
    }
}
