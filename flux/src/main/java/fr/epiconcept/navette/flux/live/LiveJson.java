package fr.epiconcept.navette.flux.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;

/**
 * How records are written as JSON, on the socket and by {@code --json}: instants as ISO 8601 in
 * UTC, durations as seconds, ids and names of fluxes as text, nothing where an {@code Optional} is
 * empty. What is read may have more members than are known.
 */
public final class LiveJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(ours())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .build();

  private LiveJson() {}

  /** The mapper; not to be changed. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  private static SimpleModule ours() {
    SimpleModule module = new SimpleModule("navette");
    module.addSerializer(FluxName.class, ToStringSerializer.instance);
    module.addSerializer(FileId.class, ToStringSerializer.instance);
    module.addDeserializer(
        FluxName.class, new FromText<>(FluxName.class, text -> FluxName.parse(text).orElseThrow()));
    module.addDeserializer(
        FileId.class, new FromText<>(FileId.class, text -> FileId.parse(text).orElseThrow()));
    return module;
  }
}
