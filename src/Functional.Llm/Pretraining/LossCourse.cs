using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Llm;

/// <summary>A look at the validation text.</summary>
/// <param name="Step">After how many updates.</param>
/// <param name="Loss">The loss of the last batch; none before the first update.</param>
/// <param name="Validation">The validation loss. Both in nats per token.</param>
[method: JsonConstructor]
public readonly record struct LossPoint(int Step, double? Loss, double Validation);

/// <summary>How the losses of a training went, from its beginning, also where it was stopped and went on: what loss.json holds.</summary>
/// <param name="Looks">In the order of their steps.</param>
public sealed record LossCourse(ImmutableArray<LossPoint> Looks)
{
    const string FileName = "loss.json";

    /// <summary>One without a point.</summary>
    public static LossCourse Empty { get; } = new([]);

    /// <summary>What a folder holds up to a step; what lies behind a checkpoint comes again.</summary>
    /// <exception cref="StorageException">The file is there, and cannot be read.</exception>
    public static LossCourse Read(string folder, int step)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? new([.. JsonFile.Read(path, "course of losses", LossCourses.Default.LossCourse, "remove it: it begins anew then").Looks.Where(p => p.Step <= step)]) : Empty;
    }

    /// <summary>With a look more, in the place of one at the same step.</summary>
    public LossCourse With(LossPoint look) => new([.. Looks.Where(p => p.Step < look.Step), look]);

    /// <summary>Writes it into a training's folder.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, LossCourses.Default.LossCourse));
}

[JsonSerializable(typeof(LossCourse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
sealed partial class LossCourses : JsonSerializerContext;
