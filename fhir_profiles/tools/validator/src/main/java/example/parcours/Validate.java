package example.parcours;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HL7's validation engine over folders of JSON resources, without any network.
 *
 * <p>{@code Validate DEFINITIONS[,DEFINITIONS…] FOREIGN,FOREIGN… FOLDER…}: definitions are known before anything is
 * checked; extensions whose URL starts with one of FOREIGN may be unknown; every *.json of every FOLDER is
 * checked against the profiles it declares. One line per remark: severity, file, where, what, with tabs between.
 */
public final class Validate {
  private Validate() {}

  public static void main(String[] arguments) throws IOException {
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = validator(context, arguments[0].split(","), arguments[1].split(","));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (int i = 2; i < arguments.length; i++) {
      for (Path file : json(Path.of(arguments[i]))) {
        check(validator, file, out);
      }
    }
  }

  private static FhirValidator validator(FhirContext context, String[] definitions, String[] foreign)
      throws IOException {
    Definitions ours = new Definitions(context);
    for (String folder : definitions) {
      for (Path file : json(Path.of(folder))) {
        IBaseResource resource = context.newJsonParser().parseResource(Files.readString(file));
        ours.addResource(resource);
      }
    }
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            ours,
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new SnapshotGeneratingValidationSupport(context));
    FhirInstanceValidator engine = new FhirInstanceValidator(chain);
    engine.setAnyExtensionsAllowed(false);
    engine.setCustomExtensionDomains(List.of(foreign));
    engine.setErrorForUnknownProfiles(true);
    engine.setBestPracticeWarningLevel(BestPracticeWarningLevel.Warning);
    return context.newValidator().registerValidatorModule(engine);
  }

  /** What HAPI keeps by itself, and the questionnaires, which it does not. */
  private static final class Definitions extends PrePopulatedValidationSupport {
    private final Map<String, IBaseResource> questionnaires = new HashMap<>();

    Definitions(FhirContext context) {
      super(context);
    }

    @Override
    public void addResource(IBaseResource resource) {
      super.addResource(resource);
      if (resource instanceof Questionnaire questionnaire) {
        questionnaires.put(questionnaire.getUrl(), questionnaire);
      }
    }

    @Override
    public <T extends IBaseResource> T fetchResource(Class<T> type, String uri) {
      IBaseResource found = questionnaires.get(uri.replaceFirst("\\|.*$", ""));
      return type != null && type.isInstance(found) ? type.cast(found) : super.fetchResource(type, uri);
    }
  }

  private static List<Path> json(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static void check(FhirValidator validator, Path file, PrintStream out) throws IOException {
    List<SingleValidationMessage> remarks =
        validator.validateWithResult(Files.readString(file)).getMessages();
    out.printf("checked\t%s\t\t%n", file);
    for (SingleValidationMessage remark : remarks) {
      String what = remark.getMessage().replaceAll("\\s+", " ").strip();
      out.printf("%s\t%s\t%s\t%s%n", remark.getSeverity().getCode(), file, remark.getLocationString(), what);
    }
  }
}
