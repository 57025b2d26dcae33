// How well does a model know a text? Its notes: evaluate.md.
#load "prelude.csx"
#nullable enable
using System.Text;
using Functional.Llm;

return Script.Run<Options>(Args, "Measures a model on a text or on ids: loss, perplexity, bits per byte.",
    "dotnet script scripts/evaluate.csx -- --model run --file text.txt", o =>
{
    var (model, tokenizer) = o.Load();
    var (batch, bytes) = o.IdsFile is { } path ? (IdsFile.Read(path, model), 0) : Windows(o, model, tokenizer);
    var tokens = batch.Targets.Ids.Length;
    var (loss, norm) = o.GradientNorm ? model.LossAndGradientNorm(batch.Inputs, batch.Targets) : (model.Loss(batch.Inputs, batch.Targets), (double?)null);
    var logits = o.Logits is null ? null : model.Logits(batch.Inputs) is var all ? Enumerable.Range(0, all.Shape[0]).Select(i => all[i, ^1].ToArray()).ToArray() : null;
    var bits = bytes == 0 ? null : (double?)(loss * tokens / Math.Log(2) / bytes);
    o.Print($"{tokens:N0} tokens: loss {loss:F4} nats per token, perplexity {Math.Exp(loss):F2}{(bits is null ? "" : $", {bits:F3} bits per byte")}{(norm is null ? "" : $", gradient norm {norm:F6}")}");
    return new { loss, perplexity = Math.Exp(loss), tokens, gradientNorm = norm, logits, bitsPerByte = bits };
});

record Options : ModelOptions
{
    [Help("ids as JSON: {\"input_ids\": [[...]], \"target_ids\": [[...]]}", "FILE")] public string? IdsFile { get; init; }
    [Help("also the norm of the loss's gradient")] public bool GradientNorm { get; init; }
    [Help("last: also the logits of each row's last place", "last")] public string? Logits { get; init; }
}

// The text's windows of a context each, which do not overlap, and its last, shorter one; with how many bytes their targets are.
static (Batch<Tokens, Tokens>, int) Windows(Options o, Pretrained model, Tokenizer? tokenizer) => throw new UsageException("not yet");
