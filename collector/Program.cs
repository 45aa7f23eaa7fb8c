using Collector.Hosting;

return await Commands.InvokeAsync(args);
