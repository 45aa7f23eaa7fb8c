using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Demo.Exchanges;

/// <summary>The venues' face: <c>/exchanges/NAME/ws</c> and <c>/exchanges/NAME/time</c>.</summary>
internal static class VenueEndpoints
{
    public static void MapVenues(this IEndpointRouteBuilder routes, IEnumerable<Venue> venues)
    {
        foreach (Venue venue in venues)
        {
            routes.Map($"/exchanges/{venue.Name}/ws", (HttpContext http) => venue.ConnectAsync(http));
            routes.MapGet($"/exchanges/{venue.Name}/time", (HttpContext http) => venue.TellTimeAsync(http));
        }
    }
}
