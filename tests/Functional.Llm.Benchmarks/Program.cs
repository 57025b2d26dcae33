using System.CommandLine;
using Functional.Llm;
using Functional.Llm.Benchmarks;

var suite = new Argument<string>("suite") { Description = "what to measure" };
suite.AcceptOnlyFromAmong("peak", "matmul", "layers", "mlp", "train", "generate", "text");
var threads = new Option<int?>("--threads") { Description = "threads to use; all of the machine's when left out" };
threads.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var count) && count is >= 1 and <= 1024))
        result.AddError($"--threads: '{text}' is no number of threads; expected a whole number from 1 to 1024");
});
var only = new Option<string>("--only") { Description = "measure only rows whose name contains this", DefaultValueFactory = _ => "" };
var json = new Option<bool>("--json") { Description = "print one line of JSON last" };
var peer = new Option<string>("--peer") { Description = "a shell command that runs a peer's script, whose lines are compared: once before and once after" };
var command = new RootCommand("Measures the kernels beside the processor's limits: medians, the limit sampled in turn.") { suite, threads, only, json, peer };
command.SetAction(parsed =>
{
    var count = parsed.GetValue(threads) ?? Parallelism.Threads;
    return Parallelism.With(count, () =>
    {
        var other = new Peer(parsed.GetValue(peer));
        other.Measure();
        var report = new Report(parsed.GetValue(json), count, parsed.GetValue(only)!, other);
        var (peak, read, copy) = (Median(() => Limits.Peak(count), 101), Median(() => Limits.Read(count), 11), Median(() => Limits.Copy(count), 11));
        report.Add(new("peak", peak, "GFLOP/s", 1));
        report.Add(new("read", read, "GB/s", 1));
        report.Add(new("copy", copy, "GB/s", 1));
        switch (parsed.GetValue(suite))
        {
            case "matmul":
                MatMulSuite.Run(report, count);
                break;
            case "layers":
                LayersSuite.Run(report, count);
                break;
            case "mlp":
                MlpSuite.Run(report, count);
                break;
            case "train":
                TrainSuite.Run(report, count);
                break;
            case "generate":
                GenerateSuite.Run(report, count);
                break;
            case "text":
                TextSuite.Run(report);
                break;
        }

        report.End(peak, read, copy);
        return 0;
    });
});
var words = command.Parse(args);
if (words.Errors.Count > 0)
    return Complain(words.Errors[0].Message, 2);
try
{
    return words.Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (FunctionalLlmException e)
{
    return Complain(e.Message, 1);
}

static double Median(Func<double> sample, int count) => Clock.Median(Enumerable.Range(0, count).Select(_ => sample()));

static int Complain(string message, int code)
{
    Console.Error.WriteLine(message.ReplaceLineEndings(" "));
    return code;
}
