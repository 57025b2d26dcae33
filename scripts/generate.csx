// A trained model goes on with a text. Its notes: generate.md.
#load "prelude.csx"
#nullable enable
using System.Diagnostics;
using Functional.Llm;

return Script.Run<Options>(Args, "Lets a model go on with a text, token by token.",
    "dotnet script scripts/generate.csx -- --model run --prompt \"The \" --count 100 --temperature 0.8", o =>
{
    var (model, tokenizer) = o.Load(needsTokenizer: o.Ids.IsEmpty);
    var prompt = o.PromptIds(tokenizer);
    var (settings, draft) = (o.Settings(), o.LoadDraft());

    var clock = Stopwatch.StartNew();
    var written = settings.Select(s => o.Stream(tokenizer, prompt, s.Options.Continue(model, tokenizer, prompt, draft),
        o.Stop, quietly: o.Compare is not null)).ToArray();
    var pace = written.Sum(text => text.Ids.Length - prompt.Length) / clock.Elapsed.TotalSeconds;
    o.Tell($"{pace:F1} tokens a second");
    if (o.Compare is not null)
        o.SideBySide(settings.Zip(written, (s, text) => (s.Name, text.Text)));

    if (o.Out is not null)
    {
        var shown = settings.Zip(written, (s, text) =>
            GeneratedText.Of(s.Name, model, tokenizer, text.Ids, prompt.Length, s.Options.Rule(prompt))).ToArray();
        o.Save("surprise.svg", GeneratedText.Picture(shown));
        o.Save("generate.html", GenerationPage.Html("What follows, and how surprising it is", shown));
    }

    var (ids, told) = written[0];
    var text = tokenizer is null ? null : told;
    return o.Compare is null ? new { ids, text, tokens_per_second = pace }
        : new { texts = settings.Zip(written, (s, w) => new { setting = s.Name, w.Ids, w.Text }), tokens_per_second = pace };
});

record Options : GenerationOptions
{
}
