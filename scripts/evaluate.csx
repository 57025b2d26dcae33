// How well does a model know a text? Its notes: evaluate.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

return Script.Run<Options>(Args, "Measures a model on a text, or on ids: loss, perplexity, bits per byte.",
    "dotnet script scripts/evaluate.csx -- --model run --file text.txt", o =>
{
    var (model, tokenizer) = o.Load(needsTokenizer: o.IdsFile is null);
    if (o.IdsFile is not { } path)
    {
        if (o.GradientNorm || o.Logits is not null)
            throw new UsageException("--gradient-norm and --logits are for ids that fit into memory at once; expected --ids-file with them");
        var made = tokenizer
            ?? throw new UsageException("a text needs a tokenizer, which this model comes without; expected --tokenizer, or --ids-file");
        var e = Evaluation.Of(model, made, made.EncodeToIds(o.Read(Script.Beside(".."))));
        Draw(o, e);
        o.Print($"{e.Tokens:N0} tokens, {e.Bytes:N0} bytes: "
            + $"loss {e.Loss:F4} nats per token, perplexity {e.Perplexity:F2}, {e.BitsPerByte:F3} bits per byte.");
        return new { e.Loss, e.Perplexity, e.Tokens, e.BitsPerByte };
    }

    if (o.Logits is not (null or "last"))
        throw new UsageException($"--logits: {o.Logits} is not known; expected last");
    var (inputs, targets) = IdsFile.Read(path, model);
    var known = Evaluation.Of(model, inputs, targets);
    Draw(o, known);
    double? norm = o.GradientNorm ? model.LossAndGradientNorm(inputs, targets).GradientNorm : null;
    o.Print($"{known.Tokens:N0} tokens: loss {known.Loss:F6} nats per token, perplexity {known.Perplexity:F4}"
        + $"{(norm is null ? "" : $", gradient norm {norm:F6}")}.");
    var result = new Dictionary<string, object?> { ["loss"] = known.Loss, ["perplexity"] = known.Perplexity, ["tokens"] = known.Tokens };
    if (norm is not null)
        result["gradient_norm"] = norm;
    if (o.Logits is not null)
        result["logits"] = Last(model.Logits(inputs));
    return result;
});

record Options : ModelOptions
{
    [Help("ids as JSON: {\"input_ids\": [[...]], \"target_ids\": [[...]]}", "FILE")] public string? IdsFile { get; init; }
    [Help("also the norm of the loss's gradient, for ids of --ids-file")] public bool GradientNorm { get; init; }
    [Help("last: also the logits of each row's last place, for ids of --ids-file", "last")] public string? Logits { get; init; }
}

static float[][] Last(Tensor logits) =>
    [.. Enumerable.Range(0, logits.Shape.Sizes[0]).Select(row => logits[row, logits.Shape.Sizes[1] - 1].ToArray())];

static void Draw(Options o, Evaluation e) => o.Save("evaluate.svg",
    Chart.Titled("What the text before is worth").WithX("place in the window").WithY("loss (nats per token)")
        .Line("", Enumerable.Range(1, e.ByPlace.Length), e.ByPlace).ToSvg());
