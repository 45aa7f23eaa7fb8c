using Collector.Hosting;

return await Commands.Root().Parse(args).InvokeAsync();
