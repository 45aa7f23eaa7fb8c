using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Demo.Faults;

/// <summary><c>GET /faults</c>, <c>POST /faults/NAME?name=binance&amp;for=60s</c>, <c>DELETE /faults/NAME?name=binance</c>.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this IEndpointRouteBuilder routes, FaultBoard board, FaultTargets targets, SimulationClock clock)
    {
        routes.MapGet("/faults", () => FaultsReport.Of(board.From(clock.Elapsed), clock));
        routes.MapPost("/faults/{kind}", (string kind, HttpRequest request) => Begin(kind, request.Query["name"], request.Query["for"], board, targets, clock));
        routes.MapDelete("/faults/{kind}", (string kind, HttpRequest request) => End(kind, request.Query["name"], board, targets, clock));
    }

    private static IResult Begin(string kind, string? name, string? lasting, FaultBoard board, FaultTargets targets, SimulationClock clock)
    {
        if (Refusal(kind, name, targets, out FaultKind? found) is { } refusal)
        {
            return refusal;
        }

        TimeSpan? duration = lasting is null ? null : FaultDuration.Parse(lasting);
        if (lasting is not null && duration is null)
        {
            return Results.Text($"'{lasting}' is no duration of 1 ms to 24 h; write for=60s, or leave it out and end it with DELETE.\n", statusCode: 400);
        }

        TimeSpan from = clock.Elapsed;
        var fault = new Fault(found!, name, from, duration is { } length ? from + length : TimeSpan.MaxValue);
        return board.TryBegin(fault)
            ? Results.Json(FaultsReport.One(fault, clock), statusCode: 201)
            : Results.Text($"There are {FaultBoard.Most} faults already; end some with DELETE /faults/NAME.\n", statusCode: 409);
    }

    private static IResult End(string kind, string? name, FaultBoard board, FaultTargets targets, SimulationClock clock)
    {
        if (Refusal(kind, name, targets, out FaultKind? found) is { } refusal)
        {
            return refusal;
        }

        return board.TryEnd(found!, name, clock.Elapsed)
            ? Results.NoContent()
            : Results.Text($"There is no {kind}{(name is null ? "" : $" of {name}")} to end; GET /faults lists what there is.\n", statusCode: 404);
    }

    private static IResult? Refusal(string kind, string? name, FaultTargets targets, out FaultKind? found)
    {
        found = FaultKind.All.FirstOrDefault(one => one.Name == kind);
        if (found is null)
        {
            return Results.Text($"There is no fault '{kind}'; there are {string.Join(", ", FaultKind.All.Select(one => one.Name))}.\n", statusCode: 404);
        }

        if (name is null || targets.Has(found.Target, name))
        {
            return null;
        }

        IReadOnlyList<string> names = targets.Of(found.Target);
        string more = found.Target == FaultTarget.Series ? $", or one series, such as {targets.Series[0]}" : "";
        return Results.Text($"{kind} cannot strike '{name}'; it can strike {string.Join(", ", names)}{more}.\n", statusCode: 404);
    }
}
