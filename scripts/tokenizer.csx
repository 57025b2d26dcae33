// Learns a vocabulary from a text: the pair of tokens that occurs most often becomes one, again and again. Its notes: tokenizer.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

return Script.Run<Options>(Args, "Learns a byte-pair vocabulary from a text, shows the first merges, and saves tokenizer.json.",
    "dotnet script scripts/tokenizer.csx -- --file novels.txt --size 8192 --out novels", o =>
{
    var watch = System.Diagnostics.Stopwatch.StartNew();
    var text = o.Read(Script.Beside(".."));
    using var reader = new StringReader(text);

    var learnable = o.Size - 1;                                                                 // and <|endoftext|>
    var learning = BytePairTraining.Learn(reader, WordTokenizer.EndOfText).TakeWhile(m => m.Id < learnable);
    var merges = o.Progress(learning, m => $"token {m.Id:N0} of {learnable:N0}").ToList();
    var tokenizer = BytePairTokenizer.Of(merges, WordTokenizer.EndOfText);
    var seconds = watch.Elapsed.TotalSeconds;

    o.Table(merges.Take(o.Merges), ("id", m => $"{m.Id}"), ("left", m => TokenView.Visible(m.Left)), ("right", m => TokenView.Visible(m.Right)),
        ("times", m => $"{m.Count:N0}"));

    // What a vocabulary of each size would make of the text's beginning.
    var sample = text[..Math.Min(text.Length, 1 << 20)];
    var bytes = System.Text.Encoding.UTF8.GetByteCount(sample);
    var largest = tokenizer.VocabularySize - 1;
    var sizes = Enumerable.Range(0, 40).Select(i => (int)(256 * Math.Pow(2, i / 2.0))).TakeWhile(size => size < largest).Append(largest).ToArray();
    var course = sizes.Select(size => (Size: size, Tokens: BytePairTokenizer.Of(merges.TakeWhile(m => m.Id < size)).CountTokens(sample)))
        .Select(c => (c.Size, c.Tokens, BytesAToken: (double)bytes / Math.Max(1, c.Tokens))).ToArray();
    o.Table(course, ("vocabulary", c => $"{c.Size:N0}"), ("tokens", c => $"{c.Tokens:N0}"), ("bytes a token", c => $"{c.BytesAToken:F3}"));
    o.Save("tokenizer.svg", Chart.Titled("What a larger vocabulary saves").WithX(Axis.Log("tokens in the vocabulary")).WithY("bytes of text a token")
        .Line("", sizes, course.Select(c => c.BytesAToken)));
    if (o.Out is { } folder)
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));

    var longest = merges.MaxBy(m => m.Left.Length + m.Right.Length);
    o.Print($"{merges.Count:N0} merges were learnt from {text.Length:N0} characters"
        + (longest is null ? "." : $"; the longest token is '{TokenView.Visible(longest.Left)}{TokenView.Visible(longest.Right)}'."));
    o.Print($"{tokenizer.VocabularySize:N0} tokens take {course[^1].BytesAToken:F2} bytes of this text each.");
    return new { vocabulary_size = tokenizer.VocabularySize, merges = merges.Count, bytes, tokens = course[^1].Tokens, seconds };
});

record Options : TextOptions
{
    [Help("tokens in the vocabulary: 256 bytes, what is learnt, and <|endoftext|>"), Between(257, 1 << 20)] public int Size { get; init; } = 1024;
    [Help("merges to show"), AtLeast(0)] public int Merges { get; init; } = 12;
}
