namespace Functional.Llm.Cli;

/// <summary>What the program can do; the work itself is the library's, and the scripts' too.</summary>
static class Commands
{
    public static ConsoleProgram Program { get; } = new("functional-llm", "Language models from first principles: trains them, measures them, lets them write.",
        typeof(Commands).Assembly.GetName().Version!.ToString(3),
    [
        Subcommand.Of<Generate>("generate", "Lets a model go on with a text, token by token.",
            "--model run --prompt \"The \" --count 100 --temperature 0.8", o => o.Generate(null, texts => o.Print(string.Join("\n\n", texts.Select(text => $"{text.Name}:\n{text.Text}"))))),
        Subcommand.Of<Evaluate>("evaluate", "Measures a model on a text, or on ids: loss, perplexity, bits per byte.",
            "--model run --file text.txt", o => o.Evaluate(null)),
        Subcommand.Of<Tokenize>("tokenize", "Turns a text into a file of token ids, tokens.bin, and saves the tokenizer beside it.",
            "--file text.txt --tokenizer gpt2 --out ids", o => o.Tokenize(null)),
        Subcommand.Of<Pretrain>("pretrain", "Trains a GPT or a Llama on a text, shows how its loss falls, and lets it write.",
            "--file text.txt --preset nano --out run", o => o.Pretrain(null)),
        Subcommand.Of<Convert>("convert", "Reads a model and writes it as others read it: a folder of Hugging Face's layout, or llama2.c's .bin.",
            "--model run --out converted", o => o.Convert()),
        Subcommand.Of<Quantize>("quantize", "Writes a model with its matrices in 8 bits, or in as many as --form says: smaller, and faster.",
            "--model run --form int4 --out small", o => o.Convert()),
    ]);

    sealed record Generate : GenerationOptions;

    sealed record Evaluate : EvaluationOptions;

    sealed record Tokenize : TokenizerOptions;

    sealed record Pretrain : PretrainingOptions;

    sealed record Convert : ConversionOptions;

    sealed record Quantize : ConversionOptions
    {
        public Quantize() => Form = Compression.Int8;
    }
}
