namespace Collector.Lines.Tables;

/// <summary>
/// What has to be done to a materialized view so that it is what its file says. Nothing of it keeps its table from taking rows.
/// <code>
/// missing         made, out of the rows that its table has
/// invalid         refreshed in full: something was done to its table that a view does not survive
/// other TTL       set
/// other query     told: made anew it would lack the rows that its table no longer has
/// </code>
/// </summary>
public static class ViewPlan
{
    /// <param name="live">The view in the database; null where there is none of that name.</param>
    public static IEnumerable<SchemaChange> Compare(View view, LiveView? live)
    {
        if (live is null)
        {
            yield return new SchemaChange(SchemaChangeKind.CreateView, view.Base, $"make the view {view.Name}", view.Statement);
            yield break;
        }

        if (ViewReader.Spaced(live.Query) != view.Query)
        {
            yield return new SchemaChange(
                SchemaChangeKind.Note, view.Base, $"the view {view.Name} selects something else than its file says",
                Advice: $"run DROP MATERIALIZED VIEW \"{view.Name}\"; it is then made anew from the rows that the table still has");
            yield break;
        }

        if (live.InvalidFor is { } reason)
        {
            yield return new SchemaChange(
                SchemaChangeKind.RefreshView, view.Base, $"refresh the view {view.Name}, which stands still ({reason})", $"REFRESH MATERIALIZED VIEW \"{view.Name}\" FULL");
        }

        if (!SchemaPlan.SameTtl(live.Ttl, view.Ttl))
        {
            yield return new SchemaChange(
                SchemaChangeKind.SetViewTtl, view.Base, $"change the TTL of the view {view.Name} to {view.Ttl?.ToString() ?? "none"}",
                $"ALTER MATERIALIZED VIEW \"{view.Name}\" SET TTL {view.Ttl?.ToString() ?? "0 HOURS"}");
        }
    }
}
