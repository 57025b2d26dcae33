namespace Functional.Llm;

/// <summary>The options of scripts/evaluate.csx and of the command: how well does a model know a text?</summary>
public abstract record EvaluationOptions : ModelOptions
{
    /// <summary>A file of ids.</summary>
    [Help("ids as JSON: {\"input_ids\": [[...]], \"target_ids\": [[...]]}", "FILE")] public string? IdsFile { get; init; }

    /// <summary>Whether the gradient is measured, too.</summary>
    [Help("also the norm of the loss's gradient, for ids of --ids-file")] public bool GradientNorm { get; init; }

    /// <summary>Which logits are wanted.</summary>
    [Help("last: also the logits of each row's last place, for ids of --ids-file", "last")] public string? Logits { get; init; }

    /// <summary>Measures a model on a text, or on ids.</summary>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <returns>loss, perplexity, tokens, and bits_per_byte of a text; gradient_norm and logits where they are asked for.</returns>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The model, its tokenizer, the text or the ids cannot be read.</exception>
    public IReadOnlyDictionary<string, object?> Evaluate(string? project)
    {
        if (GivenText() is { } text && IdsFile is not null)
            throw new UsageException($"--ids-file and {text} are given together; expected one of them");
        if (IdsFile is null && (GradientNorm || Logits is not null))
            throw new UsageException("--gradient-norm and --logits are for ids that fit into memory at once; expected --ids-file with them");
        if (Logits is not (null or "last"))
            throw new UsageException($"--logits: {Spelling.Quoted(Logits)} is not known; expected last");
        var (model, tokenizer) = Load(needsTokenizer: IdsFile is null, project);
        return IdsFile is { } path ? OnIds(model, path) : OnText(model, tokenizer, project);
    }

    Dictionary<string, object?> OnText(Pretrained model, Tokenizer? tokenizer, string? project)
    {
        var made = tokenizer
            ?? throw new UsageException("a text needs a tokenizer, which this model comes without; expected --tokenizer, or --ids-file");
        var e = Evaluation.Of(model, made, made.EncodeToIds(Read(project)));
        Draw(e);
        Print($"{e.Tokens:N0} tokens, {e.Bytes:N0} bytes: loss {e.Loss:F4} nats per token, perplexity {e.Perplexity:F2}, {e.BitsPerByte:F3} bits per byte.");
        return new() { ["loss"] = e.Loss, ["perplexity"] = e.Perplexity, ["tokens"] = e.Tokens, ["bits_per_byte"] = e.BitsPerByte };
    }

    Dictionary<string, object?> OnIds(Pretrained model, string path)
    {
        var (inputs, targets) = Functional.Llm.IdsFile.Read(path, model);
        var e = Evaluation.Of(model, inputs, targets);
        Draw(e);
        double? norm = GradientNorm ? model.LossAndGradientNorm(inputs, targets).GradientNorm : null;
        Print($"{e.Tokens:N0} tokens: loss {e.Loss:F6} nats per token, perplexity {e.Perplexity:F4}{(norm is null ? "" : $", gradient norm {norm:F6}")}.");
        var result = new Dictionary<string, object?> { ["loss"] = e.Loss, ["perplexity"] = e.Perplexity, ["tokens"] = e.Tokens };
        if (norm is not null)
            result["gradient_norm"] = norm;
        if (Logits is not null)
            result["logits"] = Last(model.Logits(inputs));
        return result;
    }

    static Real[][] Last(Tensor logits) =>
        [.. Enumerable.Range(0, logits.Shape.Sizes[0]).Select(row => logits[row, logits.Shape.Sizes[1] - 1].ToArray())];

    void Draw(Evaluation e) => Save("evaluate.svg", Chart.Titled("What the text before is worth").WithX("place in the window").WithY("loss (nats per token)")
        .Line("", Enumerable.Range(1, e.ByPlace.Length), e.ByPlace));
}
