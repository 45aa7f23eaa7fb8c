namespace Collector.Delivery.Replay;

internal static class EditedRows
{
    public const string EntryMark = "entry ";
}
