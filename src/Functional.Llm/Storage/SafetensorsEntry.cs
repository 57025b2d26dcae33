namespace Functional.Llm;

/// <summary>What a safetensors file says of one of its tensors.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">How its numbers are stored.</param>
/// <param name="Shape">Its extents; elements lie in row-major order.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
public sealed record SafetensorsEntry(string Name, Dtype Dtype, Shape Shape, long Begin, long End);
