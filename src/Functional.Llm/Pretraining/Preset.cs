namespace Functional.Llm;

/// <summary>A known model with what it is trained by.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Model">Its shape; the vocabulary is the tokenizer's.</param>
/// <param name="Tokenizer">The tokenizer that goes with it.</param>
/// <param name="Batch">Windows in a batch.</param>
/// <param name="Steps">Updates.</param>
/// <param name="Rate">The highest learning rate.</param>
/// <param name="Schedule">How the rate changes.</param>
/// <param name="Beta2">AdamW's second decay.</param>
/// <param name="Clip">The largest norm of a gradient; 0 for no limit.</param>
/// <param name="Epochs">Passes over the text instead of steps, if any.</param>
/// <param name="TorchStart">Whether parameters begin as PyTorch draws them, where those of GPT-2 are smaller.</param>
public sealed record Preset(string Name, LanguageModel Model, string Tokenizer, int Batch, int Steps, double Rate, string Schedule, double Beta2, double Clip, int? Epochs = null,
    bool TorchStart = false)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<Preset> All { get; } =
    [
        new("nano", new Gpt2(65, 64, 128, 4, 4), "char", 12, 2000, 3e-3, "cosine", 0.99, 1),
        new("baby", new Gpt2(65, 256, 384, 6, 6, Dropout: 0.2), "char", 16, 5000, 1e-3, "cosine", 0.99, 1),
        new("book-124m", Gpt2.Small.AsInTheBook(), "gpt2", 2, 0, 4e-4, "constant", 0.999, 0, Epochs: 10, TorchStart: true),
        new("gpt2-124m", Gpt2.Small, "gpt2", 4, 1000, 6e-4, "cosine", 0.95, 1),
        new("gpt2-355m", Gpt2.Medium, "gpt2", 4, 1000, 3e-4, "cosine", 0.95, 1),
        new("llama-nano", new Llama(65, 64, 128, 4, 2, 4, 352), "char", 12, 2000, 3e-3, "cosine", 0.99, 1),
        new("llama-15m", new Llama(32000, 256, 288, 6, 6, 6, 768, Tied: true), "bpe", 16, 5000, 5e-4, "cosine", 0.95, 1),
        new("llama-110m", new Llama(32000, 1024, 768, 12, 12, 12, 2048, Tied: true), "bpe", 4, 5000, 5e-4, "cosine", 0.95, 1),
    ];
}
