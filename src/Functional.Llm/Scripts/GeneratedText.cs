namespace Functional.Llm;

/// <summary>A text that a model went on with, as people look at it.</summary>
/// <param name="Title">What tells it from others.</param>
/// <param name="Tokens">Its tokens, the prompt's first.</param>
/// <param name="Prompt">How many of them were given.</param>
/// <param name="Next">The likeliest tokens behind the prompt.</param>
public sealed record GeneratedText(string Title, ImmutableArray<GeneratedToken> Tokens, int Prompt, ImmutableArray<NextToken> Next)
{
    /// <summary>Tokens behind the prompt that are shown.</summary>
    const int Shown = 10;

    /// <summary>A text with its surprises, as far back as the model can see, and what it held likely behind the prompt.</summary>
    /// <param name="title">What tells it from others.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">What makes texts of ids; without it, ids are shown.</param>
    /// <param name="ids">The prompt, and what follows it.</param>
    /// <param name="prompt">How many ids are the prompt.</param>
    /// <param name="rule">How the first token behind the prompt was drawn.</param>
    public static GeneratedText Of(string title, Pretrained model, Tokenizer? tokenizer, ImmutableArray<int> ids, int prompt, LogitsRule rule)
    {
        var seen = ids[^Math.Min(ids.Length, model.Context + 1)..];
        var surprises = model.Surprises(seen.AsSpan()).ToArray();
        var unknown = ids.Length - surprises.Length;
        var (logits, _) = GenerationState.Start(model, ids.Take(prompt)).Read(model);
        var (before, after) = (Layers.Softmax(logits).Value.ToArray(), rule.Probabilities(logits).ToArray());
        return new(title, [.. ids.Select((id, i) => new GeneratedToken(id, Piece(id), i < unknown ? null : surprises[i - unknown]))], prompt, [..
            Enumerable.Range(0, before.Length).OrderByDescending(id => Math.Max(before[id], after[id])).Take(Shown).OrderByDescending(id => before[id])
                .Select(id => new NextToken(id, tokenizer is null ? $"{id}" : TokenView.Visible(tokenizer.Bytes(id)), before[id], after[id]))]);

        string Piece(int id) => tokenizer is null ? $"{id} " : tokenizer.Piece(id) + (tokenizer is WordTokenizer ? " " : "");
    }

    /// <summary>The surprises as a picture.</summary>
    public static Chart Picture(IReadOnlyCollection<GeneratedText> texts) => texts.Aggregate(
        Chart.Titled("How surprising each token is").WithX("token").WithY("−ln P (nats)"), (chart, text) =>
        {
            var known = text.Tokens.Index().Where(token => token.Item.Surprise is not null).ToArray();
            return chart.Line(text.Title, known.Select(token => token.Index + 1), known.Select(token => token.Item.Surprise!.Value));
        });
}

/// <summary>A token of a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Piece">What it adds to the text.</param>
/// <param name="Surprise">−ln P, in nats; null where nothing stands before it, or too far back.</param>
public sealed record GeneratedToken(int Id, string Piece, double? Surprise);

/// <summary>A token that may come next.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Piece">What it would add to the text.</param>
/// <param name="Model">The model's probability.</param>
/// <param name="Drawn">That by which a token is drawn.</param>
public sealed record NextToken(int Id, string Piece, double Model, double Drawn);
